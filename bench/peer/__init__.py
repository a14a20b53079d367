"""The peer: what a careful Django 5.2 site on SQLite does for the same pages and forms."""
