"""Pages for the administrator: people and their roles, and no case."""
