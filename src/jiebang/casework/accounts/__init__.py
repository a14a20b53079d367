"""Who acts (用户与单位): signing up and in, and acting for an organisation."""
