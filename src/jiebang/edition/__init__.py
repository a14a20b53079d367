"""The notice as data (赛事): what an edition of the challenge states, typed. It decides nothing."""
