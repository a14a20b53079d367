"""The ``jiebang`` command as people type it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pyramid.paster import get_app
from zc.lockfile import LockFile

from jiebang.cli import main
from jiebang.outbox.loop import transaction_on
from jiebang.search.queries import Filters, find_cases

ROOT = Path(__file__).parents[2]


def jiebang(*words: str) -> str:
    """Run the command and answer what it printed. It ends well or the test does not."""
    command = [str(Path(sys.executable).with_name("jiebang")), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def ini(folder: Path) -> str:
    """The development settings over a folder of the test's own."""
    text = (ROOT / "development.ini").read_text("utf-8")
    text = text.replace("%(here)s/var", str(folder)).replace("%(here)s", str(ROOT))
    path = folder / "site.ini"
    path.write_text(
        text.replace("pyramid.reload_templates = true", "jiebang.worker = separate"), "utf-8"
    )
    return str(path)


def titles(address: str) -> list[tuple[str, str]]:
    app = get_app(address)
    with transaction_on(app.registry.database) as site:
        found = find_cases(
            site,
            edition="shanghai-2019",
            filters=Filters(),
            order="number",
            descending=False,
            page=1,
            size=100,
            districts=None,
        )
        shown = [(case.title, case.district or "") for case in found.cases]
    app.registry.decider.close()
    app.registry.database.close()
    return shown


def test_the_same_seed_fills_the_same_site(tmp_path: Path) -> None:
    filled = []
    for name, seed in (("one", "7"), ("two", "7"), ("three", "8")):
        (tmp_path / name).mkdir()
        address = ini(tmp_path / name)
        assert "12 cases" in jiebang("demo", address, "--cases", "12", "--seed", seed)
        filled.append(titles(address))
    assert len(filled[0]) == 12
    assert filled[0] == filled[1]
    assert filled[0] != filled[2]


def test_the_same_seed_again_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = ini(tmp_path)
    asked = ["demo", address, "--cases", "2", "--seed", "7"]
    assert main(asked) == 0
    before = titles(address)
    assert main(asked) == 2
    assert "--seed: 7" in capsys.readouterr().err
    assert titles(address) == before


def test_what_is_wrong_with_an_ini_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = ini(tmp_path)
    wrong = Path(address).read_text("utf-8").replace("jiebang.site_url", "jiebang.site_ulr")
    Path(address).write_text(wrong, "utf-8")
    assert main(["evolve", address]) == 2
    said = capsys.readouterr().err
    assert "jiebang.site_url: Field required" in said
    assert "jiebang.site_ulr" in said
    assert "Traceback" not in said
    with pytest.raises(SystemExit) as stopped:
        main(["evolve", str(tmp_path / "nothing.ini")])
    assert stopped.value.code == 2


def test_a_database_in_use_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = ini(tmp_path)
    assert main(["evolve", address]) == 0
    with closing(LockFile(str(tmp_path / "Data.fs.lock"))):
        assert main(["reindex", address]) == 2
    assert "stop the site first" in capsys.readouterr().err


def test_reindex_finds_every_case_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = ini(tmp_path)
    main(["demo", address, "--cases", "5"])
    before = titles(address)
    assert main(["reindex", address]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "5 cases"
    assert titles(address) == before


def test_policy_staff_check_test_and_ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = str(ROOT / "rules" / "shanghai-2019")
    assert main(["policy", "check", book]) == 0
    assert main(["policy", "test", book]) == 0
    *_, last = capsys.readouterr().out.strip().splitlines()
    assert re.fullmatch(r"[1-9]\d* passed, 0 failed", last)
    facts = tmp_path / "facts.json"
    facts.write_text(
        json.dumps({"demander": {"entity_type": "enterprise", "registered_province": "江苏省"}})
    )
    asked = ["policy", "decide", book, "demander-eligibility", "--facts", str(facts)]
    assert main([*asked, "--as-of", "2019-09-01", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["outcome"], answer["flags"]) == ("deny", ["REFER_DELTA"])
    assert [one["text"] for one in answer["unmet"]] == ["须为本市注册企业"]
