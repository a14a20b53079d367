"""Stages and gates (环节与关口): pure functions over a definition that policy staff own."""
