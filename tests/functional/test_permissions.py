"""Every view, asked for by everybody, answers as the one permission table says.

The views are read from the application itself, so a view that is added is walked too. A view of a
new kind of object, or one that needs more in its address, makes ``World.path`` fail until it is told
where such an object is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pyramid.interfaces import IExceptionResponse
from webtest import TestApp, Upload

from jiebang import clock
from jiebang.model.documents import Attachment
from jiebang.model.imports import Import
from jiebang.model.permissions import STAFF, TABLE
from jiebang.outbox.loop import transaction_on
from tests.functional.filling import (
    ANALYSIS,
    PRE_REGISTRATION,
    WISHES,
    file,
    fill_sections,
    form,
    questions,
)
from tests.functional.plausible import file_alone
from tests.functional.test_story import judge, pre_register
from tests.living import Living, living

#: Routes open to everybody without a permission: files of the layout, the language switch, probes, and
#: the forms as data.
OPEN_ROUTES = {
    "health", "metrics", "language", "api.forms", "api.form", "api.schema",
}  # fmt: skip
OUTSIDERS = ("demander", "demander_suzhou", "challenger", "agency", "expert")
VISITORS = (None, *OUTSIDERS, *STAFF)
ALLOWED, SIGN_IN_FIRST, HIDDEN = "allowed", "sign in first", "not found"
#: What both kinds of cases show alike is walked on each.
BOTH = {"Case": ("Demand", "Submission")}
#: A form that the demander files by itself and only the case officer handles.
ALONE = "demand-survey"


class View(NamedTuple):
    """A view as the application registered it."""

    name: str
    context: str
    posts: bool
    permission: str | None


def views(app: Any) -> Iterator[View]:
    """Every view on an object of the tree, and none for errors."""
    for item in app.registry.introspector.get_category("views"):
        one, context = item["introspectable"], item["introspectable"]["context"]
        is_error = context is IExceptionResponse or (
            isinstance(context, type) and issubclass(context, Exception)
        )
        route = one["route_name"] or ""
        if is_error or route in OPEN_ROUTES or route.startswith("__static/"):
            continue
        permission = getattr(one["derived_callable"], "__permission__", None)
        methods = one["request_methods"] or ("GET",)
        name = getattr(context, "__name__", repr(context))
        for kind in BOTH.get(name, (name,)):
            yield View(one["name"], kind, "POST" in methods, permission)


class World:
    """A site with one of everything, and the way to it."""

    def __init__(self, site: Living) -> None:
        self.site = site
        demander, officer = site.client("demander"), site.client("case_officer")
        begin = form(demander.get("/my"), "/start")
        self.filed = begin.submit().follow().request.path
        checked = fill_sections(demander, self.filed, PRE_REGISTRATION)
        receipt = form(checked, "submit").submit().follow()
        self.fresh = receipt.html.select_one("main .btn-act")["href"]
        page = site.client("reviewer").get(self.fresh)
        self.judgement = page.html.select_one('a[href*="judge/"]')["href"]
        self.draft = form(demander.get("/my"), "/start").submit().follow().request.path
        asked = questions(demander.get(f"{self.draft}section/attachments"))
        asked["upload:attachments"] = [Upload("执照.pdf", b"%PDF-1.4\n" + b"%\n" * 400 + b"%%EOF")]
        asked.submit("save", status=303)
        page = demander.get(f"{self.draft}section/attachments")
        self.attachment = page.html.select_one(f'a[href*="{self.draft}file/"]')["href"]
        self.alone = file_alone(site, "demander", ALONE)
        self.imported = self._import()
        self.announced = self._announce(demander, officer)
        self.announcement = (
            officer.get("/announcements").html.select_one(".task-list li a")["href"].rstrip("/")
        )
        for visitor in VISITORS[1:]:
            site.client(visitor).get("/second-factor")

    def _import(self) -> str:
        """An import, of the one who drafts; whoever may begin one, it is theirs alone."""
        file = Attachment(attachment_id="0", name="a.xlsx", media_type="", size=0, sha256="0" * 64)
        with transaction_on(self.site.registry.database) as root:
            [person] = (one for one in root["people"].values() if one.id == "demo-demander")
            one = Import(
                edition="shanghai-2019",
                form_id=ALONE,
                asked="",
                person=person.id,
                role="",
                locale="en",
                file=file,
                at=clock.now(),
            )
            root["imports"].add("one", one)
            return "/imports/one/"

    def _announce(self, demander: TestApp, officer: TestApp) -> str:
        case = pre_register(demander)
        judge(self.site.client("reviewer"), case)
        file(officer, case, "demand-analysis", ANALYSIS)
        file(demander, case, "redaction-wishes", WISHES)
        form(demander.get(f"{case}announcement"), "consent").submit(status=303)
        form(officer.get(case), "schedule").submit(status=303)
        form(officer.get("/batches"), "/publish").submit(status=303)
        return case

    def path(self, view: View) -> str:
        """Where somebody finds a view. A new kind of object must be added here."""
        special = {
            ("ShardedFolder", ""): "/people",
            ("Draft", "section"): f"{self.draft}section/need",
            ("Draft", "file"): self.attachment,
            ("Draft", "receipt"): f"{self.filed}receipt",
            ("Demand", "judge"): self.judgement,
            ("Demand", "office"): f"{self.fresh}office/pre-registration",
            ("Demand", "announcement"): f"{self.announced}announcement",
            **self._documents("Demand", self.fresh, "pre-registration"),
            **self._documents("Submission", self.alone, ALONE),
            ("Demand", "decision"): f"{self.fresh}decision/1",
            ("Books", "rule"): "/policy/shanghai-2019/rule/demander-eligibility",
        }
        kinds = {
            "Site": "/",
            "Person": "/people/demo-expert/",
            "Demand": self.fresh,
            "Submission": self.alone,
            "Draft": self.draft,
            "Announcement": f"{self.announcement}/",
            "Imports": "/imports/",
            "Import": self.imported,
            "Books": "/policy/shanghai-2019/",
        }
        if (view.context, view.name, view.posts) == ("Site", "forms", True):
            return f"/forms/{ALONE}/start"
        return special.get((view.context, view.name)) or kinds[view.context] + view.name

    def _documents(self, kind: str, case: str, form_id: str) -> dict[tuple[str, str], str]:
        """The pages of one document of a case."""
        version = {name: f"{case}{name}/{form_id}/1" for name in ("document", "reveal", "seal")}
        whole = {name: f"{case}{name}/{form_id}" for name in ("return", "correct")}
        return {(kind, name): path for name, path in {**version, **whole}.items()}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with living(tmp_path_factory.mktemp("world")) as site:
        yield World(site)


def may(visitor: str | None, view: View) -> bool:
    """What the table says, read without the code that the site reads it with."""
    kinds = {"site", view.context.lower()}
    words = {
        who
        for row in TABLE
        if row.permission == view.permission and row.kind in kinds
        for who in row.who
    }
    held = {"everyone"}
    if visitor is not None:
        held |= {"signed_in", "demander" if visitor == "demander_suzhou" else visitor}
    # The cases and the draft are of the first demander; the district is the district officer's.
    if visitor == "demander":
        held |= {"owner", "drafter"}
    if visitor == "case_officer":
        held.add("handler")
    if visitor == "expert" and view.context == "Person":
        held.add("self")
    return bool(words & held)


def answer_to(client: TestApp, path: str, *, posts: bool) -> str:
    """How the site answers. A post carries no token: it is stopped after the permission check."""
    response = client.post(path, status="*") if posts else client.get(path, status="*")
    if response.status_int == 401:
        assert response.html.select('form[action="/sign-in"]')
        return SIGN_IN_FIRST
    if response.status_int == 404:
        return HIDDEN
    assert response.status_int == 400 if posts else response.status_int in {200, 303}, path
    return ALLOWED


def expected(visitor: str | None, view: View) -> str:
    if may(visitor, view):
        return ALLOWED
    return SIGN_IN_FIRST if visitor is None else HIDDEN


@pytest.mark.parametrize("visitor", VISITORS, ids=str)
def test_every_view_answers_as_the_table_says(world: World, visitor: str | None) -> None:
    client, wrong = world.site.client(visitor), []
    for view in views(world.site.app):
        path = world.path(view)
        found = answer_to(client, path, posts=view.posts)
        if found != expected(visitor, view):
            wrong.append((view, path, found))
    assert not wrong


def test_every_view_asks_for_a_permission_of_the_table(world: World) -> None:
    known = {row.permission for row in TABLE}
    assert not [view for view in views(world.site.app) if view.permission not in known]


@pytest.mark.parametrize("role", STAFF)
def test_roles_of_the_office_count_only_after_the_second_factor(world: World, role: str) -> None:
    """With the right password and no code, nobody is signed in at all."""
    stranger, account = world.site.stranger(), world.site.accounts[role]
    asked = form(stranger.get("/sign-in"), "/sign-in")
    asked["email"], asked["password"] = account.email, account.password
    asked.submit(status=200)
    for path in ("/my", "/queue", "/people", "/status", world.fresh):
        stranger.get(path, status=401)


def test_what_is_not_there_and_what_is_not_yours_look_alike(world: World) -> None:
    stranger, other = world.site.client("challenger"), world.site.client(None)
    absent = world.fresh.rstrip("/").rsplit("-", 1)[0] + "-9999/"
    for client, status in ((stranger, 404), (other, 401)):
        theirs = client.get(world.fresh, status=status)
        nothing = client.get(absent, status=status)
        assert theirs.html.main.text == nothing.html.main.text


def test_the_administrator_finds_no_word_of_a_case(world: World) -> None:
    administrator = world.site.client("administrator")
    for path in ("/people", "/people?text=demander", "/my", "/account"):
        page = administrator.get(path)
        assert PRE_REGISTRATION["need"]["need_title"] not in page.text
        assert world.fresh not in page.text
    administrator.get(world.announced, status=404)
    administrator.get(f"{world.announced}journal", status=404)
