"""All that is measured of the policy engine: ``python -m bench.policy [--quick] [--only SUITE]``.

Every figure is wall time or memory of this run on this machine; no test asserts any of them.
Ours works in two processes at once, the web process and the engine's; the peers in one.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.policy.checking import checking
from bench.policy.compare import FULL, QUICK, compare, memory
from bench.policy.diffing import CASES, diffing
from bench.policy.results import Figure, table


def measure(*, quick: bool = False, only: str | None = None) -> dict[str, dict[str, Any]]:
    """Measure and print the table; answer each figure as JSON data, by its name."""
    folder = Path(tempfile.mkdtemp(prefix="bench-policy-"))
    scale = QUICK if quick else FULL
    suites: dict[str, Callable[[], list[Figure]]] = {
        "compare": lambda: compare(scale, folder),
        "memory": lambda: memory(scale, folder),
        "checking": lambda: checking(folder / "checking"),
        "diffing": lambda: diffing(folder, CASES // 50 if quick else CASES),
    }
    figures: list[Figure] = []
    try:
        for name, suite in suites.items():
            if only in {None, name}:
                figures += suite()
    finally:
        shutil.rmtree(folder)
    print(table(figures))
    return {f"policy: {one.name}": one.as_dict() for one in figures}


def main() -> dict[str, dict[str, Any]]:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(
        prog="bench.policy", description="the policy engine side by side with others"
    )
    parser.add_argument(
        "--quick", action="store_true", help="show that it runs; figures mean little"
    )
    parser.add_argument("--only", choices=("compare", "memory", "checking", "diffing"))
    arguments = parser.parse_args()
    return measure(quick=arguments.quick, only=arguments.only)


if __name__ == "__main__":
    main()
