"""The policy language: its types, its vocabulary, its tree, and the reader that makes one of files."""
