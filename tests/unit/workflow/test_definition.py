"""What a workflow allows, why it refuses, and how its file is checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jiebang.workflow.definition import (
    Definition,
    Reason,
    Requirement,
    automatic,
    available,
    line,
    shut,
)
from jiebang.yamlfile import BadFile, Finding

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "rules" / "shanghai-2019" / "workflow" / "demand.yaml"
POLICIES = {
    "demander-eligibility",
    "demand-fits-contest",
    "demand-publishable",
    "announcement-redaction",
}
FORMS = {
    "pre-registration",
    "demand-survey",
    "demand-analysis",
    "redaction-wishes",
    "purchase-capacity",
}


@pytest.fixture(scope="module")
def demand() -> Definition:
    return Definition.load(FILE, known_policies=POLICIES, known_forms=FORMS)


def having(*names: str):
    """A case that has these, and nothing else."""

    def holds(requirement: Requirement) -> bool:
        return f"{requirement.kind}:{requirement.name}" in names

    return holds


def saying(**outcomes: str):
    """Policies that come out so (``_`` for ``-``), the others without an answer."""
    named: Mapping[str, str] = {key.replace("_", "-"): value for key, value in outcomes.items()}
    return named.get


def reasons(demand: Definition, transition: str, **given: Any) -> list[Reason]:
    case = {"stage": "scheduled", "roles": {"case_officer"}, "holds": having(), "outcome": saying()}
    return shut(demand, transition, **{**case, **given})


def findings(tmp_path: Path, old: str, new: str, **known: Any) -> list[Finding]:
    """What is said of the real file with one passage changed."""
    text = FILE.read_text("utf-8")
    assert old in text
    path = tmp_path / "demand.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(BadFile) as bad:
        Definition.load(path, **{"known_policies": POLICIES, "known_forms": FORMS, **known})
    return list(bad.value.findings)


def next_stage(demand: Definition, stage: str, *held: str, **outcomes: str) -> str | None:
    found = automatic(demand, stage=stage, holds=having(*held), outcome=saying(**outcomes))
    return found and found.to


class TestTheRealWorkflow:
    @pytest.mark.parametrize("stage", ["filed", "awaiting_judgement"])
    @pytest.mark.parametrize(("outcome", "to"), [("grant", "eligible"), ("deny", "denied")])
    def test_eligibility_moves_a_case(
        self, demand: Definition, stage: str, outcome: str | None, to: str | None
    ):
        held = "document:pre-registration"
        assert next_stage(demand, stage, held, demander_eligibility=outcome) == to

    def test_a_missing_judgement_goes_to_a_reviewer_once(self, demand: Definition):
        held = "document:pre-registration"
        undetermined = {"demander_eligibility": "undetermined"}
        assert next_stage(demand, "filed", held, **undetermined) == "awaiting_judgement"
        assert next_stage(demand, "awaiting_judgement", held, **undetermined) is None
        assert demand.stage("awaiting_judgement").acts == "reviewer"

    @pytest.mark.parametrize("outcome", [None, "not_in_force"])
    def test_no_verdict_is_never_a_grant(self, demand: Definition, outcome: str | None):
        found = automatic(
            demand,
            stage="filed",
            holds=having("document:pre-registration"),
            outcome=lambda _policy: outcome,
        )
        assert found is None

    @pytest.mark.parametrize(
        ("fits", "publishable", "to"),
        [
            ("grant", "grant", "analysed"),
            ("deny", "grant", "not_publishable"),
            ("grant", "deny", "not_publishable"),
            ("deny", "undetermined", "not_publishable"),
            ("grant", "undetermined", None),
        ],
    )
    def test_an_analysis_is_weighed(
        self, demand: Definition, fits: str, publishable: str, to: str | None
    ):
        outcomes = {"demand_fits_contest": fits, "demand_publishable": publishable}
        assert next_stage(demand, "eligible", "document:demand-analysis", **outcomes) == to
        assert next_stage(demand, "eligible", **outcomes) is None

    def test_a_new_analysis_can_mend_a_refusal(self, demand: Definition):
        outcomes = {"demand_fits_contest": "grant", "demand_publishable": "grant"}
        held = "document:demand-analysis"
        assert next_stage(demand, "not_publishable", held, **outcomes) == "analysed"

    def test_policies_wait_for_what_is_required(self, demand: Definition):
        asked = []
        automatic(demand, stage="eligible", holds=having(), outcome=asked.append)
        assert asked == []

    def test_who_may_do_what(self, demand: Definition):
        def ids(stage: str, *roles: str) -> list[str]:
            return [one.id for one in available(demand, stage=stage, roles=roles)]

        assert ids("denied", "demander") == ["refile", "withdraw"]
        assert ids("scheduled", "case_officer") == ["unschedule", "publish"]
        assert ids("scheduled", "demander") == ["revoke-consent", "withdraw"]
        assert ids("filed", "system") == []
        assert ids("published", "demander", "case_officer") == []

    def test_nothing_can_be_withdrawn_once_published(self, demand: Definition):
        open_stages = {stage.id for stage in demand.stages} - {"published", "withdrawn"}
        assert set(demand.transition("withdraw").from_) == open_stages

    def test_an_open_gate_gives_no_reason(self, demand: Definition):
        assert not reasons(
            demand,
            "publish",
            holds=having("consent:announcement", "batch:assigned", "check:corrected"),
            outcome=saying(demand_publishable="grant", announcement_redaction="grant"),
        )

    def test_a_shut_gate_gives_every_reason(self, demand: Definition):
        found = reasons(
            demand,
            "publish",
            stage="analysed",
            roles={"demander"},
            outcome=saying(demand_publishable="deny"),
        )
        assert [(one.link, one.clause, one.found) for one in found] == [
            ("stage", "SH-3.3.2(2)", None),
            ("role", "SH-3.3.2(2)", None),
            ("consent:announcement", "SH-4.3b", None),
            ("batch:assigned", "SH-3.3.2(2)", None),
            ("check:corrected", "SH-3.3.2(2)", None),
            ("policy:demand-publishable", "ST-3.2b", "deny"),
            ("policy:announcement-redaction", "SH-4.3b", None),
        ]
        assert str(found[0]) == "现处“待企业确认公告”环节；“发布”须在“已列入批次”环节办理"
        assert found[1].text.in_locale("en") == '"Publish" is done by a case officer'

    def test_an_unknown_transition_or_stage_is_an_error(self, demand: Definition):
        with pytest.raises(KeyError):
            reasons(demand, "fly")
        with pytest.raises(KeyError):
            line(demand, "moon")

    def test_every_document_a_transition_requires_can_be_filed(self, demand: Definition):
        fileable = {filing.form for filing in demand.filings}
        required = {
            part.name
            for one in demand.transitions
            for part in one.requires
            if part.kind == "document"
        }
        assert required <= fileable

    def test_both_languages_everywhere(self, demand: Definition):
        for stage in demand.stages:
            assert stage.label.en, stage.id
            assert stage.next.en, stage.id
        for one in demand.transitions:
            spoken = [one.label, *(part.unmet for part in (*one.requires, *one.gates))]
            spoken += [obligation.say for obligation in one.obligations]
            assert all(text.en for text in spoken), one.id


class TestTheStageLine:
    def states(self, demand: Definition, stage: str):
        return [(step.stage.id, step.state) for step in line(demand, stage)]

    def test_on_the_main_line(self, demand: Definition):
        assert self.states(demand, "analysed") == [
            ("filed", "done"),
            ("eligible", "done"),
            ("analysed", "now"),
            ("consented", "next"),
            ("scheduled", "next"),
            ("published", "next"),
        ]

    def test_beside_it(self, demand: Definition):
        assert self.states(demand, "not_publishable")[:4] == [
            ("filed", "done"),
            ("eligible", "done"),
            ("not_publishable", "now"),
            ("analysed", "next"),
        ]

    def test_an_end_has_nothing_next(self, demand: Definition):
        assert self.states(demand, "withdrawn") == [("filed", "done"), ("withdrawn", "now")]
        assert self.states(demand, "published")[-1] == ("published", "now")


class TestABrokenFile:
    def test_an_unknown_stage_names_the_nearest(self, tmp_path: Path):
        (found,) = findings(tmp_path, "to: eligible", "to: eligble")
        assert (found.code, found.suggestion) == ("unknown_stage", "eligible")
        expected = FILE.read_text("utf-8").split("to: eligible")[0].count("\n") + 1
        assert found.line == expected
        assert "是否想写“eligible”" in found.zh

    def test_an_unknown_role(self, tmp_path: Path):
        (found,) = findings(tmp_path, "acts: reviewer", "acts: reviwer")
        assert (found.code, found.suggestion) == ("unknown_role", "reviewer")

    def test_a_role_nobody_can_hold(self, tmp_path: Path):
        old = "  system: {zh: 系统"
        (found,) = findings(tmp_path, old, f"  wizard: {{zh: 巫师}}\n{old}")
        assert found.code == "unknown_role"

    def test_an_unknown_policy(self, tmp_path: Path):
        (found,) = findings(tmp_path, "policy: demand-publishable", "policy: demand-publishible")
        assert (found.code, found.suggestion) == ("unknown_policy", "demand-publishable")

    def test_an_unknown_permission(self, tmp_path: Path):
        (found,) = findings(tmp_path, "permission: analyse", "permission: analyze")
        assert (found.code, found.suggestion) == ("unknown_permission", "analyse")

    def test_a_filing_at_an_unknown_stage(self, tmp_path: Path):
        (found,) = findings(tmp_path, "stages: [denied]", "stages: [denyed]")
        assert (found.code, found.suggestion) == ("unknown_stage", "denied")

    def test_an_unknown_form(self, tmp_path: Path):
        (found,) = findings(tmp_path, "document: redaction-wishes", "document: redaction-wish")
        assert (found.code, found.suggestion) == ("unknown_form", "redaction-wishes")

    def test_policies_and_forms_are_taken_on_trust_when_none_are_given(self, tmp_path: Path):
        path = tmp_path / "demand.yaml"
        text = FILE.read_text("utf-8").replace("policy: demand-publishable", "policy: other")
        path.write_text(text.replace("document: redaction-wishes", "document: other"), "utf-8")
        assert Definition.load(path).workflow == "demand"

    def test_a_stage_no_way_leads_to(self, tmp_path: Path):
        old = "  - id: withdrawn\n"
        stage = "  - {id: lost, label: 无路可达, beside: filed, next: 无}\n"
        (found,) = findings(tmp_path, old, stage + old)
        assert found.code == "unreachable"
        assert "lost" in found.zh

    def test_a_stage_neither_on_the_line_nor_beside_it(self, tmp_path: Path):
        (found,) = findings(tmp_path, "    beside: eligible\n", "")
        assert found.code == "line"

    def test_the_line_starts_where_cases_start(self, tmp_path: Path):
        found = findings(tmp_path, "line: [filed, eligible,", "line: [eligible, filed,")
        assert "line" in {one.code for one in found}

    def test_an_id_twice(self, tmp_path: Path):
        (found,) = findings(tmp_path, "- id: unschedule", "- id: schedule")
        assert found.code == "repeated"

    def test_automatic_is_the_systems(self, tmp_path: Path):
        (found,) = findings(tmp_path, "by: [system]\n    automatic: true", "by: [system]")
        assert "automatic" in found.zh

    def test_a_requirement_is_one_thing(self, tmp_path: Path):
        (found,) = findings(
            tmp_path, "- batch: assigned", "- batch: assigned\n        consent: announcement"
        )
        assert "之一" in found.zh

    def test_an_unknown_kind_of_requirement(self, tmp_path: Path):
        found = findings(tmp_path, "- batch: assigned", "- bath: assigned")
        assert "是否想写“batch”" in "".join(one.zh for one in found)

    def test_every_wrong_name_is_found_at_once(self, tmp_path: Path):
        found = findings(tmp_path, "acts: reviewer", "acts: nobody", known_policies=set())
        assert {one.code for one in found} == {"unknown_role", "unknown_policy"}
