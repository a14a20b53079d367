"""Pages for policy staff."""
