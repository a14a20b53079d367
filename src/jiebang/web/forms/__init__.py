"""Forms that are filed by themselves: the list of them, beginning one, and the submission it becomes."""
