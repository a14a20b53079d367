"""Judging answers (校验): what is wrong, what is missing, and the facts that answers state."""
