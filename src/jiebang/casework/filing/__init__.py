"""Answers on their way (填报): drafts, filing, return for correction, and who may read what."""
