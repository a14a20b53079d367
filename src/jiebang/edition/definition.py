"""What ``rules/<edition>/edition.yaml`` says. Every statement names the clause it stands on."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jiebang.wording import Wording
from jiebang.yamlfile import said

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
#: The letters that the clause ids of a notice begin with.
Prefix = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Basis = Literal["text", "interpretation", "unverified"]
Force = Literal["must", "may", "prefer", "default"]


class Strict(BaseModel):
    """Unknown keys are findings; an edition never changes after it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stated(Strict):
    """Something the notice states, and where."""

    clause: str


class Named(Strict):
    """A name as far as it could be read (名称).

    ``high``: sure. ``corrected``: a misprint of the scan was mended, and the mended name is sure.
    ``medium`` and ``low``: doubtful, so it carries a note that is shown beside it, never left out.
    ``printed`` keeps what the scan showed where that differs.
    """

    name: Wording
    confidence: Literal["high", "corrected", "medium", "low"] = "high"
    note: Wording | None = None
    printed: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _doubt_is_explained(self) -> Named:
        if self.doubtful and self.note is None:
            raise said(
                f"“{self.name}”存疑（{self.confidence}），要写 note 说明",
                f'"{self.name}" is doubtful ({self.confidence}) and needs a note',
            )
        return self

    @property
    def doubtful(self) -> bool:
        """Whether the name must be shown with a mark and its note."""
        return self.confidence in {"medium", "low"}


class Document(Stated):
    """An official document (文件) the edition rests on."""

    id: Prefix
    number: str
    title: Wording
    issuers: tuple[Wording, ...] = Field(min_length=1)
    addressed_to: Wording
    issued_on: date | None
    printed_by: Wording
    printed_on: date
    public: bool
    annexes: tuple[Wording, ...] = ()


class LegalBasis(Stated):
    """A document that one of the notices names as its basis (依据)."""

    title: Wording
    number: str
    basis: Basis = "text"
    note: Wording | None = None


class Statement(Stated):
    """A sentence of the notice, with its force: 应/须, 可, 优先/推荐/鼓励, 原则上."""

    text: Wording
    force: Force | None = None


class Duty(Statement):
    """What falls to one of the organisers."""

    who: tuple[Wording, ...] = Field(min_length=1)


class Organiser(Stated):
    """A role in the organisation (组织机构), who fills it. ``open`` lists end in 等."""

    document: Prefix
    role: Wording
    members: tuple[Named, ...] = Field(min_length=1)
    open: bool = False


class District(Stated):
    """A co-organising district (协办区), by its GB/T 2260 code."""

    code: str = Field(pattern=r"^\d{6}$")
    name: Wording


class Coded(Stated):
    """A class, kind or party the notice names."""

    code: Id
    label: Wording
    text: Wording | None = None


class Platform(Coded):
    """A website (线上平台) of the contest."""

    url: str = Field(pattern=r"^https?://")
    operator: Wording | None = None


class Step(Stated):
    """One step of the process (流程): who does what."""

    who: Wording
    text: Wording


class Part(Stated):
    """A part of the process, such as 征集需求."""

    code: Id
    label: Wording
    steps: tuple[Step, ...] = Field(min_length=1)


class Phase(Stated):
    """A phase (阶段). ``None`` for a date the notice does not give; then the note says so."""

    code: Id
    label: Wording
    from_: date | None = Field(alias="from")
    until: date | None
    precision: Literal["day", "month"] = "day"
    note: Wording | None = None

    @model_validator(mode="after")
    def _dates(self) -> Phase:
        if (self.from_ is None or self.until is None) and self.note is None:
            raise said(
                f"“{self.code}”没有日期，要写 note 说明", f'"{self.code}" has no dates: add a note'
            )
        if self.from_ and self.until and self.until < self.from_:
            raise said(f"“{self.code}”的止日早于起日", f'"{self.code}" ends before it begins')
        return self


class Session(Stated):
    """A special session (专场). Its key is ``seq``: two sessions share a name."""

    seq: int = Field(ge=1)
    name: Named
    hosts: tuple[Named, ...] = Field(min_length=1)
    implementers: tuple[Named, ...] = Field(min_length=1)
    open: bool = False
    joint: bool = False
    note: Wording | None = None

    @property
    def doubtful(self) -> bool:
        """Whether any of its names must be shown with a mark."""
        return any(one.doubtful for one in (self.name, *self.hosts, *self.implementers))


class HostEvent(Stated):
    """One of the events of the whole edition (赛事), with its host and local hosts."""

    seq: int = Field(ge=1)
    event: Named
    host: Named
    local_hosts: tuple[Named, ...] = ()
    note: Wording | None = None


class Counted(Strict):
    """Sessions or events with the count that the notice gives."""

    count: int


class Sessions(Counted):
    """Annex 2 of the Shanghai notice."""

    items: tuple[Session, ...]


class HostEvents(Counted):
    """The annex of the ministry's notice."""

    local_hosts: int
    items: tuple[HostEvent, ...]


class Room(Stated):
    """A shared room (共享空间). ``rooms`` is how many of the kind; area in m²."""

    code: Id
    label: Wording
    area: int = Field(gt=0)
    rooms: int = Field(gt=0)
    fee: int = 0
    basis: Basis = "text"
    note: Wording | None = None


class Contact(Stated):
    """Whom to call (联系方式). ``purpose`` says for what."""

    code: Id
    label: Wording
    phone: str
    purpose: Literal["service", "technical", "complaint"]
    person: str = ""
    note: Wording | None = None


class Provision(Stated):
    """A provision shown with the words of its clause: support, awards, requirements."""

    label: Wording


class Complaints(Provision):
    """How complaints and disputes are heard (投诉和纠纷处理). ``note`` says what the notice leaves open."""

    note: Wording | None = None


class Remark(Stated):
    """A sentence of the notice as it is put to readers."""

    text: Wording


class AnnouncementLine(Strict):
    """A line of the announcement: the answer to one question of one form.

    ``hidden_by`` is the wish of the owner that hides it, ``instead`` what then stands there.
    Without a ``label`` the question's own is shown. The public list can be narrowed by a ``filter``.
    """

    form: Id
    field: str
    label: Wording | None = None
    hidden_by: str = ""
    instead: Wording
    filter: bool = False


class AnnouncementFormat(Stated):
    """How the announcement (需求公告) of a demand is made up."""

    title: Wording
    #: The question whose answer is the headline.
    subject: str
    #: With ``{number}`` for the number of the batch.
    batch: Wording
    number_label: Wording
    content_label: Wording
    #: A heading and what it says, below the lines.
    how_to_enter: Wording
    how_to_enter_text: Wording
    deadline: Wording
    undecided: Wording
    published: Wording
    basis_label: Wording
    basis_text: Wording
    issuers: tuple[Wording, ...] = Field(min_length=1)
    #: What stands below an announcement that hides a line: why, and who may ask for it.
    hidden: Remark
    lines: tuple[AnnouncementLine, ...] = Field(min_length=1)


class SessionOption(NamedTuple):
    """A session as a form offers it."""

    code: str
    label: Wording
    help: Wording | None


class Edition(Strict):
    """One edition of the challenge (一届赛事)."""

    id: Id
    ordinal: int = Field(ge=1)
    year: int
    title: Wording
    short_title: Wording
    linked_with: Coded
    summary: Statement
    number_prefix: str = Field(pattern=r"^[A-Z]+\d{4}$")
    #: The first two digits of GB/T 2260.
    home_province: str = Field(pattern=r"^\d{2}$")
    documents: tuple[Document, ...] = Field(min_length=1)
    legal_bases: tuple[LegalBasis, ...]
    purposes: tuple[Statement, ...]
    organisers: tuple[Organiser, ...]
    duties: tuple[Duty, ...]
    districts: tuple[District, ...]
    participants: tuple[Coded, ...]
    platforms: tuple[Platform, ...]
    demand_classes: tuple[Coded, ...]
    agency_kinds: tuple[Coded, ...]
    process: tuple[Part, ...]
    phases: tuple[Phase, ...]
    sessions: Sessions
    host_events: HostEvents
    services: tuple[Coded, ...]
    rooms: tuple[Room, ...]
    contacts: tuple[Contact, ...]
    complaints: Complaints | None = None
    support: tuple[Provision, ...]
    awards: tuple[Provision, ...]
    requirements: tuple[Provision, ...]
    announcement: AnnouncementFormat

    @property
    def complaint_contacts(self) -> tuple[Contact, ...]:
        """Who receives complaints (投诉受理, ST-4.5)."""
        return tuple(one for one in self.contacts if one.purpose == "complaint")

    def phase(self, code: str) -> Phase:
        """The phase with this code. Raises ``KeyError``."""
        for phase in self.phases:
            if phase.code == code:
                return phase
        raise KeyError(code)

    def session(self, seq: int) -> Session:
        """The session with this number in annex 2. Raises ``KeyError``."""
        for session in self.sessions.items:
            if session.seq == seq:
                return session
        raise KeyError(seq)

    def session_options(self) -> list[SessionOption]:
        """The sessions as choices: code is the number, the label says the host too."""
        return [
            SessionOption(
                code=str(one.seq),
                label=Wording(
                    zh=f"{one.seq}. {one.name.name.zh}"
                    f"（{'／'.join(host.name.zh for host in one.hosts)}）",
                    en=f"{one.seq}. {one.name.name.in_locale('en')} "
                    f"({' / '.join(host.name.in_locale('en') for host in one.hosts)})",
                ),
                help=None,
            )
            for one in self.sessions.items
        ]
