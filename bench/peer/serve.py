"""Bring the peer's database to the shape of today and serve it: ``python -m bench.peer.serve <port>``."""

from __future__ import annotations

import sys

from django.core.management import call_command
from waitress import serve

from bench.peer.wsgi import application

if __name__ == "__main__":
    call_command("migrate", run_syncdb=True, verbosity=0)
    serve(application, listen=f"127.0.0.1:{sys.argv[1]}", threads=8)
