"""The views of the peer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from bench.peer.forms import PreRegistration
from bench.peer.models import Case, Change, Decision, Document, Draft, Entry, Organisation, Task

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
GENESIS = "0" * 64
PAGE = 25
COLUMNS = {
    "number": "Number",
    "title": "Demand",
    "stage": "Stage",
    "district": "District",
    "officer": "Case officer",
    "stage_since": "Waiting",
}


def content_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The header Django 5.2 leaves to its users."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        response["Cache-Control"] = "no-store"
        return response

    return middleware


@cache
def words() -> dict[str, Any]:
    """Stages, lists and labels: what our side keeps in rule files, read once."""
    found: dict[str, Any] = json.loads((settings.FOLDER / "words.json").read_text("utf-8"))
    return found


def front(request: HttpRequest) -> HttpResponse:
    """The first page of a start."""
    return render(request, "front.html", {"words": words()})


@login_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Where a case stands, who acts next, what was filed and decided."""
    case = get_object_or_404(Case.objects.select_related("owner", "officer"), number=number)
    user = request.user
    owner = user.memberships.filter(organisation=case.owner, role="demander").exists()
    if not (owner or user.has_perm("peer.view_case")):
        raise PermissionDenied
    stages = words()["stages"]
    ids = [one["id"] for one in stages]
    line = [stages[ids.index(one)] for one in words()["line"]]
    now = words()["line"].index(case.stage) if case.stage in words()["line"] else -1
    staff = user.has_perm("peer.change_case")
    decisions = [
        {
            "id": one.pk,
            "policy": one.policy,
            "at": one.at,
            "content": one.content,
            "missing": [words()["labels"][fact] for fact in one.content["missing"]],
            "said": one.content["unmet"] or one.content["reasons"],
        }
        for one in case.decisions.order_by("-at", "-pk")
    ]
    return render(
        request,
        "case.html",
        {
            "words": words(),
            "case": case,
            "stage": stages[ids.index(case.stage)],
            "line": [
                {
                    "label": one["label"],
                    "state": "done" if i < now else "now" if i == now else "next",
                }
                for i, one in enumerate(line)
            ],
            "filings": words()["filings"] if staff else [],
            "documents": case.documents.order_by("form", "-number"),
            "submissions": list(case.submissions.all()),
            "decisions": decisions,
            "tasks": [one for one in case.tasks.all() if one.done_at is None],
            "staff": staff,
            "journal": user.has_perm("peer.view_entry"),
            "judges": user.has_perm("peer.add_decision"),
            "agencies": Organisation.objects.filter(agency=True) if staff else [],
        },
    )


@permission_required("peer.view_case", raise_exception=True)
def queue(request: HttpRequest) -> HttpResponse:
    """The list of cases with filters, counts by stage, and a page of rows."""
    names = ("stage", "district", "session", "age", "whose", "text", "order", "down", "page")
    asked = {key: request.GET.get(key, "").strip()[:100] for key in names}
    order = asked["order"] if asked["order"] in COLUMNS else "stage_since"
    cases = Case.objects.all()
    if asked["district"]:
        cases = cases.filter(district=asked["district"])
    if asked["session"]:
        cases = cases.filter(session=asked["session"])
    if asked["age"]:
        latest = timezone.now() - timedelta(days=int(asked["age"]))
        cases = cases.filter(stage_since__lte=latest)
    if asked["whose"]:
        cases = cases.filter(officer=request.user if asked["whose"] == "mine" else None)
    counts = dict(cases.values_list("stage").annotate(Count("pk")).order_by())
    if asked["stage"]:
        cases = cases.filter(stage=asked["stage"])
    ordered = cases.select_related("owner", "officer").order_by(
        f"{'-' if asked['down'] == '1' else ''}{order}"
    )
    page = Paginator(ordered, PAGE).get_page(asked["page"] or 1)
    stages = {one["id"]: one for one in words()["stages"]}
    districts = {one["code"]: one["label"] for one in words()["districts"]}
    now = timezone.now()

    def link(**change: object) -> str:
        merged = {**asked, **change}
        return "?" + urlencode({key: value for key, value in merged.items() if value})

    return render(
        request,
        "queue.html",
        {
            "words": words(),
            "asked": asked,
            "page": page,
            "rows": [
                {
                    "case": one,
                    "stage": stages[one.stage],
                    "district": districts.get(one.district, ""),
                    "days": (now - one.stage_since).days,
                }
                for one in page
            ],
            "stages": [
                {**one, "count": counts[one["id"]], "link": link(stage=one["id"], page="")}
                for one in words()["stages"]
                if one["id"] in counts
            ],
            "all_link": link(stage="", page=""),
            "columns": [
                {
                    "label": label,
                    "sorted": key == order,
                    "link": link(order=key, down="1" if key == order else "", page=""),
                }
                for key, label in COLUMNS.items()
            ],
            "next_link": link(page=page.number + 1),
        },
    )


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin a draft for one's own firm."""
    mine = request.user.memberships.select_related("organisation")
    membership = get_object_or_404(mine, organisation__code=request.POST["organisation"])
    draft = Draft.objects.create(
        person=request.user, organisation=membership.organisation, saved_at=timezone.now()
    )
    return HttpResponseRedirect(f"/drafts/{draft.pk}/")


@login_required
@require_POST
def autosave(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was typed; refuse a stale save."""
    draft = get_object_or_404(Draft.objects.select_for_update(), pk=pk, person=request.user)
    if request.POST["revision"] != str(draft.revision):
        return JsonResponse({"conflict": True}, status=409)
    form = PreRegistration(request.POST)
    draft.data = {key: request.POST.get(key, "") for key in form.fields}
    draft.revision += 1
    draft.saved_at = timezone.now()
    draft.save()
    return JsonResponse({"revision": draft.revision})


@login_required
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """File a draft: a case, its document, a decision, a journal and what follows."""
    draft = get_object_or_404(
        Draft.objects.select_for_update().select_related("organisation"),
        pk=pk,
        person=request.user,
    )
    if draft.receipt_id is None:
        form = PreRegistration(draft.data)
        if not form.is_valid() or form.cleaned_data["uscc"] != draft.organisation.code:
            return render(request, "front.html", {"words": words()}, status=422)
        _file(draft, form.cleaned_data, timezone.now())
    return HttpResponseRedirect(f"/drafts/{draft.pk}/receipt")


def _file(draft: Draft, data: dict[str, Any], at: datetime) -> None:
    owner = draft.organisation
    case = Case.objects.create(
        # The row's own key makes the number: unique and without a counter of its own.
        number=f"SH2019-draft-{draft.pk}",
        title=data["need_title"],
        owner=owner,
        stage="capacity_review",
        stage_since=at,
        opened_at=at,
        district=data["district"],
        session=data["session_pref"] or None,
    )
    case.number = f"SH2019-{case.pk:04d}"
    case.save(update_fields=["number"])
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    document = Document.objects.create(
        case=case,
        form="pre-registration",
        title="预报名表",
        number=1,
        data=data,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        at=at,
    )
    eligible = owner.kind == "enterprise" and owner.province == "上海市"
    decision = Decision.objects.create(
        case=case,
        policy="技术需求方参赛资格",
        content={
            "outcome": "undetermined" if eligible else "deny",
            "facts": {"kind": owner.kind, "province": owner.province},
            "missing": ["demander.has_purchase_capacity"] if eligible else [],
            "unmet": [],
            "reasons": [],
        },
        at=at,
    )
    previous = GENESIS
    for act, detail in (
        ("file", {"sha256": document.sha256}),
        ("decide", {"decision": decision.pk}),
        ("ask-for-judgement", {"stage": case.stage}),
    ):
        line = json.dumps([at.isoformat(), act, detail, previous], sort_keys=True)
        digest = hashlib.sha256(line.encode()).hexdigest()
        Entry.objects.create(
            case=case,
            actor=str(draft.person_id),
            act=act,
            detail=detail,
            previous=previous,
            digest=digest,
            at=at,
        )
        previous = digest
    Task.objects.create(case=case, kind=case.stage, role="reviewer", opened_at=at)
    for kind in ("filed", "moved"):
        Change.objects.create(path=f"/cases/{case.number}/", kind=kind, detail={}, at=at)
    draft.receipt = case
    draft.save(update_fields=["receipt"])
