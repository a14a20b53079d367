"""The worker as a thread of the web process, for sites that need no process of its own."""

from __future__ import annotations

import threading
from typing import Any

from pyramid.config import Configurator
from pyramid.events import ApplicationCreated, NewResponse, subscriber

from jiebang.casework.followers import fulltext_for, worker_loop
from jiebang.settings import Settings

#: Seconds that the end of the process waits for a letter or a batch in hand.
ENDING = 10.0


@subscriber(ApplicationCreated)
def start_worker(event: Any) -> None:
    """Start the thread once the application stands."""
    registry = event.app.registry
    settings: Settings = registry.settings["jiebang"]
    if settings.worker != "embedded":
        return
    registry.worker = worker_loop(
        db=registry.database,
        settings=settings,
        rulebook=registry.rulebook,
        fulltext=registry.fulltext,
        decider=registry.decider,
    )
    # A daemon: the feed keeps its cursors, so the end of the process loses nothing.
    registry.worker_thread = threading.Thread(
        target=registry.worker.run, name="worker", daemon=True
    )
    registry.worker_thread.start()


def stop_worker(registry: Any) -> None:
    """End the thread, if there is one, after the batches in hand; the next worker need not wait."""
    worker = getattr(registry, "worker", None)
    if worker is not None:
        worker.stop()
        registry.worker_thread.join(ENDING)


@subscriber(NewResponse)
def wake_worker(event: Any) -> None:
    """What was posted may have changed something: look at the feed soon."""
    worker = getattr(event.request.registry, "worker", None)
    if worker is not None and event.request.method == "POST":
        event.request.add_finished_callback(lambda _request: worker.wake())


def includeme(config: Configurator) -> None:
    """Open the full text, which the queue searches."""
    config.registry.fulltext = fulltext_for(config.registry.settings["jiebang"])
