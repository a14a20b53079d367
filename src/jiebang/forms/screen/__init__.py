"""The form as a page, and what a browser posts back."""
