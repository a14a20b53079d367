"""Forms side by side with Django's, and what printing and importing take. See ``__main__``."""
