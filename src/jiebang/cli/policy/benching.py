"""``jiebang policy bench``: the engine side by side with others. The bench lives in the repository alone."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

from jiebang.cli.saying import unusable

_BENCH = Path("bench/policy")


def register(commands: Any) -> None:
    """Add the command."""
    bench = commands.add_parser("bench", help="the side-by-side table, from the repository's root")
    bench.add_argument("--quick", action="store_true", help="show that it runs")
    bench.set_defaults(run=run_bench)


def run_bench(args: argparse.Namespace) -> int:
    """Measure and print the table; the exit code of the bench, 2 outside the repository."""
    if not _BENCH.is_dir():
        zh, en = "请在代码仓库的根目录里运行", "run this at the root of the repository"
        return unusable(f"{zh} / {en}: {_BENCH}")
    command = [sys.executable, "-m", "bench.policy", *(["--quick"] if args.quick else [])]
    return subprocess.run(command, check=False).returncode  # noqa: S603  # our own module
