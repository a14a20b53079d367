"""A server in a process of its own, which tests may kill, and people who talk HTTP to it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import lxml.html
import pyotp

from jiebang import clock
from jiebang.casework.accounts.people import HASHER
from jiebang.identifiers import complete_code
from jiebang.model.people import Credentials, Identifier, Organisation, Person
from jiebang.outbox.loop import transaction_on
from tests.living import living, settings

PASSWORD = "a password of these tests"
#: Seconds a server may take to serve on a machine that does other things as well.
LONGEST = 60.0
BOUNDARY = "the-boundary-of-these-tests"

#: Answers to the whole 预报名表, but for the code, which is each firm's own.
ANSWERS = {
    "org_name": "演示企业（上海）有限公司",
    "country": "domestic",
    "district": "310112",
    "contact": "联系岗",
    "mobile": "13800000000",
    "email": "desk@example.com",
    "need_title": "高温合金薄壁件焊接变形控制",
    "need_brief": "薄壁件焊后变形超差，返修率高，希望控制在图纸公差以内。",
    "tech_field": "manufacturing",
    "agency_route": "basic",
}


class Staff(NamedTuple):
    """A person of the office, for signing in."""

    email: str
    password: str
    secret: str


class Prepared(NamedTuple):
    """A database with people in it: demanders by number, and one of the office for each role."""

    folder: Path
    firms: int
    staff: dict[str, Staff]


def prepare(folder: Path, *, firms: int) -> Prepared:
    """Make a database in which every firm has one demander. All demanders share one password."""
    hashed = HASHER.hash(PASSWORD)
    with living(folder) as site:
        staff = {
            role: Staff(one.email, one.password, one.totp_secret)
            for role, one in site.accounts.items()
            if one.totp_secret
        }
        with transaction_on(site.registry.database) as tree:
            for number in range(firms):
                _add_firm(tree, number, hashed)
    return Prepared(folder, firms, staff)


def code_of(firm: int) -> str:
    """The credit code of a firm."""
    return complete_code(f"91310115MA9F{firm:05d}")


def _add_firm(tree: Any, number: int, hashed: str) -> None:
    at, key = clock.now(), f"firm-{number}"
    firm = Organisation(identifier=Identifier("CN", code_of(number)), name=key, at=at)
    firm.attributes.update(entity_type="enterprise", registered_province="上海市")
    tree["organisations"][key] = firm
    person = Person(name=key, email=f"{key}@example.com", credentials=Credentials(hashed), at=at)
    person.confirmed_at = at
    person.memberships[key] = frozenset({"demander"})
    tree["people"][key] = person
    tree.emails.claim(person.email, key)
    firm.members.add(key)


class Server:
    """``jiebang serve`` on a free port, with the database of a folder."""

    def __init__(self, folder: Path, **changed: str) -> None:
        self.folder, self.port = folder, _free_port()
        self.host = f"127.0.0.1:{self.port}"
        lines = settings(
            folder,
            **{
                "jiebang.site_url": f"http://{self.host}",
                "jiebang.allowed_hosts": self.host,
                "jiebang.sign_in_rate": "100000",
                "jiebang.worker": "embedded",
                **changed,
            },
        )
        app = "\n".join(f"{key} = {value}" for key, value in lines.items())
        self._ini = folder / "site.ini"
        self._ini.write_text(
            f"[app:main]\nuse = egg:jiebang\n{app}\n\n[server:main]\nuse = egg:waitress#main\n"
            f"listen = {self.host}\nthreads = 8\nmax_request_body_size = 545259520\n",
            "utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    @property
    def pid(self) -> int:
        """The id of the server process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start, and wait until pages are served; answer how many seconds that took."""
        begun = time.monotonic()
        command = [str(Path(sys.executable).parent / "jiebang"), "serve", str(self._ini)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        while time.monotonic() - begun < LONGEST:
            assert self._process.poll() is None, self.log.read_text("utf-8")[-3000:]
            try:
                if Visitor(self).get("/healthz").status == 200:
                    return time.monotonic() - begun
            except OSError:
                time.sleep(0.02)
        raise TimeoutError(self.log.read_text("utf-8")[-3000:])

    def kill(self) -> None:
        """End the process the hard way: no handler runs, nothing is flushed."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def engine_pids(self) -> list[int]:
        """The engine processes among the children of the server."""
        return [pid for pid in _children(self.pid) if is_engine(pid)]

    def kill_engine(self) -> list[int]:
        """Kill the engine process, if there is one; answer whom it hit."""
        hit = self.engine_pids()
        for pid in hit:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return hit

    def forget_peak(self) -> int:
        """Begin to measure the peak of memory anew; answer the bytes in use now."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", "ascii")
        return self._memory("VmRSS")

    def peak(self) -> int:
        """The most bytes the server had in use since ``forget_peak``."""
        return self._memory("VmHWM")

    def _memory(self, name: str) -> int:
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        found = re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE)
        assert found
        return int(found[1]) * 1024


class Answer(NamedTuple):
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()

    @property
    def location(self) -> str:
        """Where it sends the browser, without the host."""
        return re.sub(r"^https?://[^/]+", "", self.headers["Location"])

    @property
    def page(self) -> Any:
        """The page as a tree."""
        return lxml.html.fromstring(self.text)

    def hidden(self, action: str) -> list[tuple[str, str]]:
        """The hidden fields of the form with that action."""
        [form, *_] = [one for one in self.page.forms if one.action == action]
        return [(one.name, one.value) for one in form.inputs if one.get("type") == "hidden"]


class Visitor:
    """A browser: cookies, a form token, one connection for each request."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}
        self._token = ""

    def get(self, path: str) -> Answer:
        """Ask for a page."""
        return self._send("GET", path, b"", {})

    def post(self, path: str, fields: Iterable[tuple[str, str]] = ()) -> Answer:
        """Send a form with its token."""
        body = urlencode([("csrf_token", self._token), *fields]).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, body, kind)

    def upload(
        self, path: str, fields: Iterable[tuple[str, str]], filename: str, content: Path
    ) -> Answer:
        """Send a form with a file, read from the disk a piece at a time."""
        head = "".join(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in [("csrf_token", self._token), *fields]
        )
        head += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="upload:attachments"; '
            f'filename="{filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        )
        begin, end = head.encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
            "Content-Length": str(len(begin) + content.stat().st_size + len(end)),
        }

        def pieces() -> Iterator[bytes]:
            yield begin
            with content.open("rb") as file:
                while piece := file.read(1 << 16):
                    yield piece
            yield end

        return self._send("POST", path, pieces(), headers)

    def sign_in(self, email: str, password: str, secret: str = "") -> None:
        """Sign in as people do, with the code of an authenticator app where there is a secret."""
        self._token = dict(self.get("/sign-in").hidden("/sign-in"))["csrf_token"]
        answer = self.post("/sign-in", [("email", email), ("password", password)])
        if secret:
            self._token = dict(answer.hidden("/sign-in-code"))["csrf_token"]
            answer = self.post("/sign-in-code", [("code", pyotp.TOTP(secret).now())])
        assert answer.status == 303, answer.text
        self._token = dict(self.get("/my").hidden("/sign-out"))["csrf_token"]

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=LONGEST)
        try:
            cookies = "; ".join(f"{key}={value}" for key, value in self._cookies.items())
            said = {"Host": self._server.host, "Cookie": cookies, **headers}
            # The server may answer before the end of the body and hang up: read what it said.
            with suppress(BrokenPipeError):
                connection.request(method, path, body, said)
            response = connection.getresponse()
            answer = Answer(response.status, dict(response.getheaders()), response.read())
            for name, value in response.getheaders():
                if name == "Set-Cookie":
                    key, _is, rest = value.partition("=")
                    self._cookies[key] = rest.partition(";")[0]
            return answer
        finally:
            connection.close()


class Demander(Visitor):
    """The demander of one firm."""

    def __init__(self, server: Server, firm: int) -> None:
        super().__init__(server)
        self.firm = firm
        self.sign_in(f"firm-{firm}@example.com", PASSWORD)

    def begin(self) -> str:
        """Start a draft; answer its path."""
        answer = self.post("/start", [("organisation", f"firm-{self.firm}")])
        assert answer.status == 303, answer.text
        return answer.location

    def save(self, draft: str, revision: int = 0, **changed: str) -> Answer:
        """Save all answers the way the page does while one types."""
        answers = {**ANSWERS, "uscc": code_of(self.firm), **changed}
        return self.post(f"{draft}autosave", [("revision", str(revision)), *answers.items()])

    def ready(self, **changed: str) -> str:
        """A draft with every answer; answer its path."""
        draft = self.begin()
        saved = self.save(draft, **changed)
        assert saved.status == 200, saved.text
        return draft

    def submit(self, draft: str, revision: int = 1) -> Answer:
        """File a draft."""
        return self.post(f"{draft}submit", [("revision", str(revision))])

    def number(self, draft: str) -> str:
        """The case number on the receipt of a draft."""
        answer = self.get(f"{draft}receipt")
        assert answer.status == 200, answer.status
        [number] = answer.page.xpath("//dd[@class='number']")
        return str(number.text_content())

    def file(self, **changed: str) -> str:
        """File a complete pre-registration; answer the path of the case."""
        draft = self.ready(**changed)
        answer = self.submit(draft)
        assert answer.status == 303, answer.text
        return case_path(self.number(draft))


def case_path(number: str) -> str:
    """The path of a case."""
    return f"/editions/shanghai-2019/demands/{number}/"


def staff_of(prepared: Prepared, server: Server, role: str) -> Visitor:
    """Somebody of the office, signed in. Once for each server start: a code works only once."""
    visitor = Visitor(server)
    visitor.sign_in(*prepared.staff[role])
    return visitor


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        # Threads come and go while one looks.
        with suppress(FileNotFoundError, ProcessLookupError):
            found += [int(one) for one in (task / "children").read_text("ascii").split()]
    return found


def is_engine(pid: int) -> bool:
    """Whether an engine process lives under that id; one that ended has no command line."""
    try:
        return b"engine/worker.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
