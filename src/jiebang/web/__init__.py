"""Pyramid views by audience. They decide nothing: each calls one verb of ``casework``."""
