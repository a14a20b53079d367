"""Reading a folder of form files: blocks put in, everything checked, every finding kept."""
