"""What an author is told before anything is published."""
