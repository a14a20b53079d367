"""What is measured beside a peer still runs, and both sides still show the same."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.living import ROOT


@pytest.mark.parametrize(
    ("suite", "measured"),
    [
        ("from bench.__main__ import *; print(table(pages(QUICK)))", "case page"),
        ("from bench.forms.__main__ import measure; measure(quick=True)", "demand-survey"),
    ],
)
def test_a_bench_runs_to_its_table(suite: str, measured: str) -> None:
    """In a process of its own, as ``make bench`` has it; its figures mean nothing here."""
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", suite],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert measured in ran.stdout
