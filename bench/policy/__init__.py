"""The policy engine side by side with other rule engines: ``python -m bench.policy``."""
