"""Filling a site with plausible demands (演示数据): the same seed gives the same site. No real people."""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from ZODB.DB import DB

from jiebang import clock
from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.drafts import open_draft
from jiebang.casework.filing.versions import file_draft
from jiebang.casework.policies.rulebook import Rules
from jiebang.identifiers import complete_code
from jiebang.model.numbers import Numbers
from jiebang.model.people import Credentials, Identifier, Organisation, Person
from jiebang.outbox.loop import transaction_on
from jiebang.policy import Decider

#: Cases filed in one transaction.
BATCH = 200
#: Demands an organisation files, at most.
EACH = 5

#: Technology field to what is made and what goes wrong with it.
SUBJECTS = {
    "electronics": (
        ("工业相机", "毫米波雷达", "功率模块", "光纤传感器"),
        ("信号漂移", "散热不足", "良率偏低", "抗干扰能力弱"),
    ),
    "biomedicine": (
        ("细胞培养基", "可降解支架", "体外诊断试剂", "疫苗佐剂"),
        ("批间差异大", "保存期短", "灵敏度不足", "纯化收率低"),
    ),
    "aerospace": (
        ("高温合金薄壁件", "复合材料蒙皮", "姿态控制器", "轻量化支架"),
        ("焊接变形", "层间脱粘", "响应滞后", "疲劳寿命短"),
    ),
    "materials": (
        ("耐候涂料", "石墨烯薄膜", "阻燃工程塑料", "高强铝合金板"),
        ("附着力下降", "厚度不均", "低温脆化", "回弹难控制"),
    ),
    "services": (
        ("检测数据平台", "设备运维系统", "工业设计云", "知识产权检索工具"),
        ("数据口径不一", "预测不准", "协同效率低", "召回率低"),
    ),
    "energy": (
        ("燃料电池电堆", "储能电池包", "余热回收换热器", "光伏逆变器"),
        ("低温启动慢", "热失控预警晚", "结垢严重", "弱网适应性差"),
    ),
    "environment": (
        ("高盐废水处理装置", "挥发性有机物吸附剂", "污泥干化机", "土壤修复药剂"),
        ("能耗高", "再生次数少", "结块堵塞", "见效周期长"),
    ),
    "manufacturing": (
        ("协作机器人关节", "五轴加工中心", "激光焊接工作站", "柔性装配线"),
        ("重复定位误差大", "热误差补偿不足", "焊缝跟踪不稳", "换型时间长"),
    ),
}
PATTERNS = (
    "{thing}{trouble}的控制技术",
    "解决{thing}{trouble}问题",
    "{thing}{trouble}在线监测与改进",
)


class SeedUsed(Exception):
    """The site holds the demands of this seed already."""


def fill(
    *, db: DB, rules: Rules, decider: Decider, numbers: Numbers, cases: int, seed: int
) -> None:
    """File ``cases`` pre-registrations through the same verbs as everybody, in batches.

    Raises ``SeedUsed`` when the site was filled from this seed before: it would be the same firms.
    """
    with transaction_on(db) as site:
        if site["organisations"].get(f"demo-{seed}-1") is not None:
            raise SeedUsed(seed)
    # The seed makes the same site each time: no secret depends on it.
    chance = random.Random(seed)  # noqa: S311
    left, serial = cases, 0
    while left:
        with transaction_on(db) as site:
            desk = Desk(site=site, rules=rules, decider=decider, numbers=numbers)
            for count in _shares(chance, min(left, BATCH)):
                serial += 1
                _register_and_file(desk, chance, seed, serial, count)
                left -= count


def _shares(chance: random.Random, total: int) -> Iterator[int]:
    while total:
        share = min(total, chance.randint(1, EACH))
        total -= share
        yield share


def _register_and_file(
    desk: Desk, chance: random.Random, seed: int, serial: int, count: int
) -> None:
    at = clock.now() - timedelta(hours=chance.randint(1, 24 * 60))
    districts = desk.rules.districts
    district = chance.choice(districts).code
    code = complete_code(f"91{district}MA9{seed % 100:02d}{serial:04X}"[:17].ljust(17, "0"))
    key = f"demo-{seed}-{serial}"
    identifier = Identifier("CN", code)
    organisation = Organisation(
        identifier=identifier, name=f"演示企业第{serial}号（上海）有限公司", at=at
    )
    organisation.attributes.update(
        entity_type="enterprise", registered_province="上海市", district=district
    )
    # Nobody knows this password: demo demanders exist, they do not sign in.
    person = Person(
        name=f"演示需求方第{serial}号",
        email=f"{key}@example.com",
        credentials=Credentials(secrets.token_hex(16)),
        at=at,
    )
    person.memberships[key] = frozenset({"demander"})
    desk.site["organisations"][key] = organisation
    desk.site["people"][key] = person
    organisation.members.add(key)
    desk.site.identifiers.claim(identifier.key, key)
    desk.site.emails.claim(person.email, key)
    actor = Actor(
        person=key, roles=frozenset({"demander"}), memberships={key: frozenset({"demander"})}
    )
    for _index in range(count):
        draft = open_draft(
            desk=desk,
            actor=actor,
            organisation=key,
            form_id=desk.rules.opening_form.id,
            data=_answers(desk, chance, organisation, person, district),
            at=at,
        )
        file_draft(desk=desk, draft=draft, actor=actor, locale="zh_CN", at=at)


def _answers(
    desk: Desk, chance: random.Random, organisation: Organisation, person: Person, district: str
) -> dict[str, Any]:
    field = chance.choice(sorted(SUBJECTS))
    things, troubles = SUBJECTS[field]
    thing, trouble = chance.choice(things), chance.choice(troubles)
    session = chance.choice(desk.rules.edition.sessions.items).seq
    return {
        "org_name": organisation.name,
        "country": "domestic",
        "uscc": organisation.identifier.number if organisation.identifier else "",
        "district": district,
        "contact": "联系岗",
        "mobile": "13800000000",
        "email": person.email,
        "need_title": chance.choice(PATTERNS).format(thing=thing, trouble=trouble),
        "need_brief": f"现有{thing}在使用中{trouble}，影响批量交付；希望找到可在一年内验证的改进方案。",
        "tech_field": field,
        "session_pref": str(session),
        "agency_route": chance.choice(["recommended", "basic"]),
    }
