"""Sending by SMTP: encrypted, once, and told apart by what the server answers."""

import asyncio
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portal.outside.mail import MailRefused, MailUnavailable, Security, SmtpMailer
from portal.outside.unavailable import Unavailable
from tests.outside.certificates import Certificate
from tests.outside.mails import SENDER, a_mail
from tests.outside.servers import Stream, in_background, tcp_server

USER, PASSWORD = "portail", "mot de passe du relais"


@dataclass
class Relay:
    """A real SMTP server; `rcpt` and `data` are what it answers to each."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    port: int = 0
    received: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 -- the name that aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.data.startswith("250"):
            self.received.append(envelope)
            assert server.transport is not None
            self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        return self.data


def _read(envelope: Envelope) -> EmailMessage:
    assert isinstance(envelope.content, bytes)
    return BytesParser(EmailMessage, policy=policy.default).parse(io.BytesIO(envelope.content))


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
) -> AuthResult:
    known = isinstance(given, LoginPassword) and given == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


@contextmanager
def relay(
    certificate: Certificate | None = None, *, tls_from_start: bool = False, **options: Any
) -> Iterator[Relay]:
    """Run a relay: in clear, with STARTTLS (`certificate`), or encrypted from the first byte."""
    box = Relay()
    context = certificate.server_context() if certificate else None
    if context and not tls_from_start:
        options |= {"tls_context": context, "require_starttls": True}
        options |= {"authenticator": _authenticate, "auth_required": True}

    async def serve() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: SMTP(box, hostname="relais.example", ident="relay", loop=loop, **options),
            "127.0.0.1",
            0,
            ssl=context if tls_from_start else None,
        )

    with in_background(serve) as port:
        box.port = port
        yield box


def mailer(
    port: int, security: Security = "none", user: str = "", password: str = PASSWORD, seconds: float = 5
) -> SmtpMailer:
    return SmtpMailer(
        "127.0.0.1",
        port,
        user=user,
        password=password if user else "",
        security=security,
        sender=SENDER,
        timeout_seconds=seconds,
    )


def unavailable(send: Callable[[], None]) -> str:
    """Return the reason for which a mail did not leave, after a look at what it gives away."""
    with pytest.raises(MailUnavailable) as caught:
        send()
    assert isinstance(caught.value, Unavailable)
    return _discreet(caught.value)


def refused(send: Callable[[], None]) -> str:
    with pytest.raises(MailRefused) as caught:
        send()
    return _discreet(caught.value)


def _discreet(error: Exception) -> str:
    """Return the error's text, once sure that a log of it, with what caused it, tells no secret."""
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__
    for secret in ("anne.martin", "client.example", "essai", PASSWORD):
        assert secret not in repr(error)
    return str(error)


def test_a_mail_leaves_encrypted_and_signed_in(trusted: Certificate) -> None:
    mail = a_mail()
    with relay(trusted) as box:
        mailer(box.port, "starttls", USER).send(mail)

    assert box.encrypted == [True]
    [envelope] = box.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("portail@exanergy.example", [mail.to])
    received = _read(envelope)
    assert (received["Subject"], received["To"]) == (mail.subject, mail.to)
    body = received.get_body(("plain",))
    assert body is not None
    assert body.get_content() == mail.text


def test_a_mail_leaves_encrypted_from_the_first_byte(trusted: Certificate) -> None:
    with relay(trusted, tls_from_start=True) as box:
        mailer(box.port, "tls").send(a_mail())

    assert box.encrypted == [True]


def test_a_mail_may_leave_in_clear_where_that_is_asked_for() -> None:
    with relay() as box:
        mailer(box.port).send(a_mail())

    assert box.encrypted == [False]


def test_a_mail_sent_again_has_the_same_message_id() -> None:
    with relay() as box:
        for _ in range(2):
            mailer(box.port).send(a_mail())

    first, second = (_read(envelope)["Message-ID"] for envelope in box.received)
    assert first == second


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_keeps_the_mail_here(certificate: Certificate, security: Security) -> None:
    with relay(certificate, tls_from_start=security == "tls") as box:
        reason = unavailable(lambda: mailer(box.port, security, USER).send(a_mail()))

    assert "certificat" in reason
    assert box.received == []


def test_another_machine_s_certificate_keeps_the_mail_here(trusted: Certificate) -> None:
    with relay(trusted) as box:
        other = SmtpMailer("localhost", box.port, user="", password="", security="starttls", sender=SENDER)
        reason = unavailable(lambda: other.send(a_mail()))

    assert "certificat" in reason
    assert box.received == []


def test_a_server_without_encryption_gets_nothing() -> None:
    with relay() as box:
        reason = unavailable(lambda: mailer(box.port, "starttls", USER).send(a_mail()))

    assert "chiffrement" in reason
    assert box.received == []


def test_wrong_credentials_are_the_operator_s_to_mend(trusted: Certificate) -> None:
    with relay(trusted) as box:
        reason = unavailable(lambda: mailer(box.port, "starttls", USER, "un autre").send(a_mail()))

    assert reason == "Le serveur d’e-mails refuse les identifiants du portail (code 535)."


def test_a_server_without_authentication_is_the_operator_s_to_mend() -> None:
    with relay() as box:
        reason = unavailable(lambda: mailer(box.port, "none", USER).send(a_mail()))

    assert "authentification" in reason


@pytest.mark.parametrize("answer", ["421 busy", "450 mailbox busy", "451 greylisted", "452 full"])
def test_not_now_means_later(answer: str) -> None:
    with relay() as box:
        box.rcpt = f"{answer} anne.martin@client.example"
        assert answer[:3] in unavailable(lambda: mailer(box.port).send(a_mail()))
        box.rcpt, box.data = "250 OK", f"{answer} anne.martin@client.example"
        assert answer[:3] in unavailable(lambda: mailer(box.port).send(a_mail()))


@pytest.mark.parametrize("answer", ["550 no such user", "552 mailbox full", "554 spam"])
def test_never_means_never(answer: str) -> None:
    with relay() as box:
        box.rcpt = f"{answer} anne.martin@client.example"
        assert answer[:3] in refused(lambda: mailer(box.port).send(a_mail()))
        box.rcpt, box.data = "250 OK", f"{answer} anne.martin@client.example"
        assert answer[:3] in refused(lambda: mailer(box.port).send(a_mail()))


def test_an_address_with_accents_leaves_where_the_server_can() -> None:
    with relay(enable_SMTPUTF8=True) as box:
        mailer(box.port).send(a_mail(to="rené@client.example"))
    assert [_read(envelope)["To"] for envelope in box.received] == ["rené@client.example"]

    with relay() as box:
        assert "accents" in refused(lambda: mailer(box.port).send(a_mail(to="rené@client.example")))


def test_no_address_is_ever_tried_that_is_none() -> None:
    with relay() as box:
        refused(lambda: mailer(box.port).send(a_mail(to="anne.martin@client.example>\r\nDATA\r\n")))

    assert box.received == []


def test_a_server_that_is_down_is_unavailable() -> None:
    with relay() as box:
        pass

    assert unavailable(lambda: mailer(box.port).send(a_mail())) == "Le serveur d’e-mails ne répond pas."


def conversation(*answers: bytes | None) -> Stream:
    """Answer each line with the next of `answers` (the first greets), None being silence; then hang up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            if answer is None:
                await asyncio.sleep(20)
                return
            writer.write(answer)
            await writer.drain()
            if b"354" in answer:
                await reader.readuntil(b"\r\n.\r\n")
            else:
                await reader.readline()

    return talk


HELLO, OK, GO = b"220 relay\r\n", b"250 OK\r\n", b"354 go on\r\n"


@pytest.mark.parametrize(
    "answers",
    [
        (),
        (HELLO,),
        (HELLO, OK, OK),
        (HELLO, OK, OK, OK, GO),
        (b"554 we take no mail\r\n",),
        (b"421 too many\r\n",),
        (b"HTTP/1.1 400 Bad Request\r\n",),
        (HELLO, OK, b"550 unknown sender\r\n"),
    ],
    ids=["at once", "at hello", "before the address", "after the words", "closed", "busy", "http", "sender"],
)
def test_a_server_that_hangs_up_or_takes_no_mail_of_ours_is_unavailable(answers: tuple[bytes, ...]) -> None:
    with tcp_server(conversation(*answers)) as port:
        assert "serveur d’e-mails" in unavailable(lambda: mailer(port).send(a_mail()))


def test_a_mail_that_was_taken_is_sent_even_if_the_server_leaves_without_a_word() -> None:
    with tcp_server(conversation(HELLO, OK, OK, OK, GO, OK)) as port:
        assert is_sent(mailer(port))


def test_a_mail_that_was_taken_is_sent_even_if_the_good_bye_is_odd() -> None:
    with tcp_server(conversation(HELLO, OK, OK, OK, GO, OK, b"500 what?\r\n")) as port:
        assert is_sent(mailer(port))


@pytest.mark.parametrize(
    "answers", [(None,), (HELLO, None), (HELLO, OK, OK, OK, GO, None)], ids=["greeting", "hello", "words"]
)
def test_a_server_that_hangs_is_left_after_the_given_time(answers: tuple[bytes | None, ...]) -> None:
    with tcp_server(conversation(*answers)) as port:
        assert not is_sent(mailer(port, seconds=0.3))


def is_sent(smtp: SmtpMailer) -> bool:
    try:
        smtp.send(a_mail())
    except MailUnavailable:
        return False
    return True
