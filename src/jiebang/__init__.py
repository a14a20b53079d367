"""揭榜 (jiebang): case management for public innovation challenges."""
