"""Pages for case officers and district officers."""
