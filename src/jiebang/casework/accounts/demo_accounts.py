"""Accounts for trying the site out (演示账号), one for each role, named after it. Development only."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, NamedTuple

from jiebang.casework.accounts.people import prove_address
from jiebang.casework.accounts.second_factor import enrolment_uri, new_secret
from jiebang.casework.policies.rulebook import Rules
from jiebang.model.people import Credentials, Person
from jiebang.model.permissions import STAFF


class Demo(NamedTuple):
    """An account as it is printed once."""

    role: str
    name: str
    email: str
    password: str
    totp_secret: str
    totp_uri: str


#: Account to its name, and what it would have answered when signing up. The codes are synthetic.
OUTSIDERS: dict[str, tuple[str, dict[str, str]]] = {
    "demander": (
        "演示·技术需求方",
        {
            "role": "demander",
            "org_name": "演示企业（上海）有限公司",
            "uscc": "91310000MA1K00015N",
            "org_attr": "enterprise",
        },
    ),
    "demander_suzhou": (
        "演示·苏州需求方",
        {
            "role": "demander",
            "org_name": "演示企业（苏州）有限公司",
            "uscc": "91320500MA1K0004X2",
            "org_attr": "enterprise",
        },
    ),
    "challenger": (
        "演示·挑战者",
        {
            "role": "challenger",
            "org_name": "演示研究院（杭州）",
            "uscc": "91330100MA1K00058H",
            "org_attr": "institute",
        },
    ),
    "agency": (
        "演示·服务机构",
        {
            "role": "agency",
            "org_name": "演示技术转移服务有限公司",
            "uscc": "91310115MA1K00023E",
            "org_attr": "enterprise",
        },
    ),
    "expert": ("演示·评审专家", {"role": "expert"}),
}
#: Account to name. The role is that of the same name, or what ``SECOND`` says.
STAFF_NAMES = {
    "case_officer": "演示·经办人员",
    # Nobody handles what they filed themselves: what an officer files needs another one.
    "case_officer_two": "演示·经办人员二",
    "reviewer": "演示·认定人员",
    "policy_editor": "演示·政策编辑",
    "policy_approver": "演示·政策审批",
    "district_officer": "演示·区科技主管部门（闵行）",
    "auditor": "演示·审计人员",
    "administrator": "演示·系统管理员",
}
SECOND = {"case_officer_two": "case_officer"}
#: The district of the demo district officer: 闵行区 (GB/T 2260).
DISTRICT = "310112"


def create_demo_accounts(*, site: Any, rules: Rules, at: datetime) -> list[Demo]:
    """Make every account that is not there yet, with passwords nobody saw before."""
    made = []
    names = {**{key: name for key, (name, _answers) in OUTSIDERS.items()}, **STAFF_NAMES}
    for account, name in names.items():
        email = f"{account.replace('_', '-')}@jiebang.invalid"
        if site.emails.get(email) is None:
            made.append(_create(site, rules, account, name, email, at))
    return made


def _create(site: Any, rules: Rules, account: str, name: str, email: str, at: datetime) -> Demo:
    role = SECOND.get(account, account)
    password = secrets.token_urlsafe(12)
    person = Person(name=name, email=email, credentials=Credentials(""), at=at)
    person.phone = "13800000000"
    site["people"][f"demo-{account.replace('_', '-')}"] = person
    site.emails.claim(email, person.id)
    person.profile = OUTSIDERS[role][1] if role in OUTSIDERS else {"role": role}
    prove_address(site=site, rules=rules, person=person, password=password, at=at)
    secret = uri = ""
    if role in STAFF:
        secret = new_secret()
        uri = enrolment_uri(person=person, secret=secret)
        person.roles = frozenset({role})
        person.credentials.totp_secret = secret
        if role == "district_officer":
            person.districts = frozenset({DISTRICT})
    return Demo(account, name, email, password, secret, uri)
