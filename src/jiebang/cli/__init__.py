"""The ``jiebang`` command."""

import warnings

# Pyramid and deform still read pkg_resources (hence setuptools<81); who runs a command cannot help it.
warnings.filterwarnings("ignore", message="pkg_resources is deprecated")

from jiebang.cli.command import main  # noqa: E402 - after the filter, which it needs

__all__ = ["main"]
