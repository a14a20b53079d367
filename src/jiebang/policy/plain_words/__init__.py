"""Whole policies, awards and their examples in plain Chinese or English, made from their files."""
