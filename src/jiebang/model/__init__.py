"""Persistent objects: the tree, cases and what hangs on them. No policy, no HTTP."""
