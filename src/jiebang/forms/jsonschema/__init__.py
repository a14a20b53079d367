"""The form as JSON Schema, for other programs."""
