"""Answers as people read them (展示): as text, masked, and two versions side by side."""
