"""The ``jiebang`` command."""

from __future__ import annotations
