"""我的事项: what waits for me, then my cases with their stages. Nothing else."""

from __future__ import annotations

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config

from jiebang.model.site import Site


@view_config(
    context=Site, name="my", permission="own_work", renderer="jiebang.web.applicant:templates/my.pt"
)
def my_work(context: Site, request: Request) -> dict[str, Any]:
    """Drafts to finish, cases whose next move is mine, and the rest of my cases."""
    actor, workflow = request.actor, request.rules.workflow
    organisations = [context["organisations"][one] for one in sorted(actor.memberships)]
    cases = {path: context.at(path) for one in organisations for path in one.cases}
    shown = [
        (case, workflow.stage(case.stage))
        for case in sorted(cases.values(), key=lambda case: case.stage_since, reverse=True)
        if request.has_permission("view_case", case)
    ]
    drafts = [context["drafts"][one] for one in request.identity.person.drafts]
    return {
        "drafts": sorted(drafts, key=lambda draft: draft.saved_at, reverse=True),
        "forms": request.rules.forms,
        "waiting": [(case, stage) for case, stage in shown if stage.acts in actor.roles_on(case)],
        "others": [
            (case, stage) for case, stage in shown if stage.acts not in actor.roles_on(case)
        ],
        "demanders": [one for one in organisations if "demander" in actor.memberships[one.id]],
    }
