"""Bringing in workbooks: many forms at once, and one form into its draft."""
