"""Policies as z3 formulas: what cases there can be, and what would have to change in one.

z3 is a big library: only a check, or a question about changes, imports this package.
"""
