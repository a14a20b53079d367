"""``/api/v1``: what the site knows in public, as data for other programs. Read-only."""
