"""The server is asked to stop: it leaves nothing that the next start has to mend or wait for."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
import ZODB
from ZODB.FileStorage import FileStorage

from jiebang import clock
from jiebang.outbox.loop import LEASE, transaction_on
from tests.faults.running import Demander, Server, prepare


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_server_leaves_its_index_and_frees_the_worker(
    tmp_path: Path, how: signal.Signals
):
    server = Server(prepare(tmp_path, firms=1).folder)
    server.start()
    filed = Demander(server, 0).file()
    (tmp_path / "Data.fs.index").unlink(missing_ok=True)
    os.kill(server.pid, how)
    ended = os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    server.kill()
    assert ended is not None
    assert (ended.si_code, ended.si_status) == (os.CLD_EXITED, 0), server.log.read_text("utf-8")

    assert (tmp_path / "Data.fs.index").exists()
    database = ZODB.DB(FileStorage(str(tmp_path / "Data.fs"), read_only=True))
    with transaction_on(database) as site:
        assert site.at(filed.rstrip("/")).number
        assert site.derived[LEASE].until <= clock.now()
    database.close()
