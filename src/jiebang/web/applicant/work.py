"""我的事项: what waits for me, then my cases and what I filed, each as it stands. Nothing else."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from jiebang.casework.filing.asking import form_of_draft, form_title
from jiebang.model.cases import Case, Demand
from jiebang.model.documents import Draft
from jiebang.model.site import Site
from jiebang.model.submissions import Submission
from jiebang.web.applicant.sight import desk_of_draft, may_see
from jiebang.web.cases.corrections import Waiting, waiting_corrections
from jiebang.web.forms.words import STATES
from jiebang.wording import Wording


@view_config(
    context=Site, name="my", permission="own_work", renderer="jiebang.web.applicant:templates/my.pt"
)
def my_work(context: Site, request: Request) -> dict[str, Any]:
    """Drafts to finish, corrections and cases whose next move is mine, and the rest of mine."""
    actor, workflow, person = request.actor, request.rules.workflow, request.identity.person
    organisations = [context["organisations"][one] for one in sorted(actor.memberships)]
    paths = dict.fromkeys(path for one in (*organisations, person) for path in one.cases)
    mine: list[Case] = [
        case
        for path in paths
        if request.has_permission("view_case", case := context.at(path))
        and case.edition == request.rules.edition.id
    ]
    demands = sorted(
        (one for one in mine if isinstance(one, Demand)),
        key=lambda case: case.stage_since,
        reverse=True,
    )
    shown = [(case, workflow.stage(case.stage)) for case in demands]
    corrections: list[tuple[Case, Waiting]] = [
        (case, one) for case in mine for one in waiting_corrections(request, case) if one.mine
    ]
    held = sorted((context["drafts"][one] for one in person.drafts), key=lambda one: one.saved_at)[
        ::-1
    ]
    drafts = [one for one in held if may_see(request, one)]
    return {
        "drafts": drafts,
        "shut": [one for one in held if one not in drafts],
        "names": {one.__name__: _form_title(request, one) for one in held},
        "unread": {one.__name__ for one in held if desk_of_draft(request, one) is None},
        "titles": {draft.__name__: _title(request, draft) for draft in drafts},
        "submission_titles": {
            one.number: form_title(site=context, rules=request.rules, case=one, form_id=one.form_id)
            for one in mine
            if isinstance(one, Submission)
        },
        "corrections": corrections,
        "waiting": [(case, stage) for case, stage in shown if stage.acts in actor.roles_on(case)],
        "others": [
            (case, stage) for case, stage in shown if stage.acts not in actor.roles_on(case)
        ],
        "submissions": sorted(
            (one for one in mine if isinstance(one, Submission)),
            key=lambda case: case.state_since,
            reverse=True,
        ),
        "states": STATES,
        "demanders": [one for one in organisations if "demander" in actor.memberships[one.id]],
    }


def _form_title(request: Request, draft: Draft) -> Wording:
    """What the form of a draft is called; its id where nobody knows."""
    form = form_of_draft(desk=desk_of_draft(request, draft) or request.desk, draft=draft)
    return form.title if form else Wording(zh=draft.form_id, en=draft.form_id)


def _title(request: Request, draft: Draft) -> str:
    """What the draft is about, as typed so far."""
    typed = draft.data.get(request.rules.workflow.opening.title)
    return typed if isinstance(typed, str) else ""
