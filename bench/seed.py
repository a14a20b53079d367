"""What both sides are filled with: the same firms, the same answers, the same lists."""

from __future__ import annotations

import random
from typing import NamedTuple

from jiebang.identifiers import complete_code

EDITION = "shanghai-2019"
WRITERS = 8
#: Cases of each bare firm.
EACH = 5
DISTRICTS = ("310101", "310104", "310107", "310110", "310112", "310114", "310115", "310120")
THINGS = ("高温合金薄壁件", "毫米波雷达", "燃料电池电堆", "协作机器人关节", "高盐废水处理装置")
TROUBLES = ("焊接变形", "信号漂移", "低温启动慢", "重复定位误差大", "能耗高")


class Demander(NamedTuple):
    """A firm that files."""

    name: str
    code: str


DEMANDERS = tuple(
    Demander(f"演示企业第{one}号（上海）有限公司", complete_code(f"91310115MA9B{one:05d}"))
    for one in range(WRITERS)
)

#: Answers to the whole 预报名表, as a browser posts them, but for the code.
FORM = (
    ("org_name", "演示企业（上海）有限公司"),
    ("country", "domestic"),
    ("district", "310112"),
    ("contact", "联系岗"),
    ("mobile", "13800000000"),
    ("email", "desk@example.com"),
    ("need_title", "高温合金薄壁件焊接变形控制"),
    ("need_brief", "薄壁件焊后变形超差，返修率高，希望控制在图纸公差以内。"),
    ("tech_field", "manufacturing"),
    ("session_pref", "1"),
    ("agency_route", "basic"),
)


class Filler(NamedTuple):
    """A case as a list shows it, and its firm."""

    number: str
    firm: int
    title: str
    stage: str
    district: str
    session: int
    hours: int


def bare_firm(number: int) -> Demander:
    """A firm nobody signs in for."""
    return Demander(
        f"演示企业第{1000 + number}号（上海）有限公司", complete_code(f"91310104MA9C{number:05d}")
    )


def filler(chance: random.Random, serial: int, stages: list[str]) -> Filler:
    """The case of that serial number; the same for both sides when asked in the same order."""
    return Filler(
        number=f"SH2019-{serial + 100001}",
        firm=serial // EACH,
        title=f"{chance.choice(THINGS)}{chance.choice(TROUBLES)}的控制技术",
        stage=chance.choice(stages),
        district=chance.choice(DISTRICTS),
        session=chance.randint(1, 29),
        hours=chance.randint(1, 24 * 60),
    )
