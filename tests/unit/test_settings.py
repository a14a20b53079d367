from configparser import ConfigParser
from pathlib import Path

import pytest

from jiebang.settings import BadSettings, Settings

ROOT = Path(__file__).parents[2]


def lines(ini: str) -> dict[str, str]:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / ini, encoding="utf-8")
    given = {"%(here)s": str(ROOT), "%(ENV_JIEBANG_SESSION_SECRET)s": "s" * 32}
    given["%(ENV_JIEBANG_MAIL)s"] = "smtp://127.0.0.1:25"
    section = dict(parser["app:main"])
    for name, value in section.items():
        for word, instead in given.items():
            section[name] = section[name].replace(word, instead)
        assert "%(" not in section[name], (name, value)
    return section


@pytest.mark.parametrize("ini", ["development.ini", "production.ini"])
def test_the_ini_files_are_complete(ini: str) -> None:
    assert Settings.from_ini(lines(ini)).edition == "shanghai-2019"


def test_production_is_careful() -> None:
    settings = Settings.from_ini(lines("production.ini"))
    assert settings.secure_cookies
    assert not settings.demo_accounts
    assert not settings.reload_rules
    assert settings.site_url.startswith("https://")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("jiebang.session_secret", "short"),
        ("jiebang.mail", "carrier pigeon"),
        ("jiebang.worker", "sometimes"),
        ("jiebang.lockout_failures", "0"),
        ("jiebang.no_such_setting", "x"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.from_ini({**lines("development.ini"), name: value})
