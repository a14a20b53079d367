import email
import email.policy
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from jiebang.outbox.mail import Letter, NotNow, sender_for

LETTER = Letter(to="desk@example.com", subject="SH2019-0001 待需求分析", body="第一行\n\n.\n末行")


class Postbox:
    """Takes letters, or refuses them with a code."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"


@pytest.fixture(params=[{}])
def postbox(request: pytest.FixtureRequest) -> Iterator[tuple[Postbox, str]]:
    """A mail server; parameters are aiosmtpd's."""
    box = Postbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, **request.param)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}"
    controller.stop()


def test_a_letter_arrives_as_it_was_written(postbox: tuple[Postbox, str]) -> None:
    box, address = postbox
    sender_for(address, mail_from="noreply@jiebang.invalid")(LETTER)
    [message] = box.taken
    assert message["To"] == LETTER.to
    assert message["Subject"] == LETTER.subject
    assert message["From"] == "noreply@jiebang.invalid"
    assert message.get_content().splitlines() == LETTER.body.splitlines()


def test_a_refusal_for_good_is_given_up_and_a_passing_one_is_not(
    postbox: tuple[Postbox, str],
) -> None:
    box, address = postbox
    send = sender_for(address, mail_from="noreply@jiebang.invalid")
    box.refusal = "550 no such user"
    send(LETTER)
    box.refusal = "450 try later"
    with pytest.raises(NotNow, match="450"):
        send(LETTER)
    assert box.taken == []
    box.refusal = ""
    send(LETTER)
    assert len(box.taken) == 1


@pytest.mark.parametrize("postbox", [{"enable_SMTPUTF8": False}], indirect=True)
def test_an_address_the_server_cannot_know_is_given_up(postbox: tuple[Postbox, str]) -> None:
    box, address = postbox
    send = sender_for(address, mail_from="noreply@jiebang.invalid")
    send(replace(LETTER, to="联系岗@example.com"))
    assert box.taken == []


def test_no_server_is_no_refusal() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        send = sender_for(
            f"smtp://127.0.0.1:{nobody.getsockname()[1]}", mail_from="noreply@jiebang.invalid"
        )
        with pytest.raises(ConnectionRefusedError):
            send(LETTER)


def test_the_console_shows_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    sender_for("console", mail_from="noreply@jiebang.invalid")(LETTER)
    assert LETTER.body in capsys.readouterr().out
