"""The pages of one case, for everybody who may see it."""
