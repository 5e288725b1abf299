"""Mail: what a mail is, how it is written for the wire, and how it leaves, into a folder or by SMTP.

A mail may be sent twice after a lost answer, so its Message-ID comes from what it is about: a reader's
program shows it once.
"""

import contextlib
import hashlib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Protocol

from portal.outside.disk import write_whole
from portal.outside.unavailable import Unavailable

Security = Literal["starttls", "tls", "none"]

_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f@<>()\[\],;:\\\"]+@[^\s\x00-\x1f\x7f@<>()\[\],;:\\\"]+")
# What would end a header's line; no-break spaces stay, French needs them.
_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PERMANENT = range(500, 600)
# Of a subject: "Subject: " is on the same line of at most 78 characters.
_ONE_LINE = 60


class _FrenchPolicy(policy.EmailPolicy):
    """Folds long subjects without eating their spaces, as Python 3.11 does between encoded words."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() != "subject" or self.utf8:
            return super().fold_binary(name, value)
        fits = value.isascii() and len(value) <= _ONE_LINE
        subject = Header(value, "us-ascii" if fits else "utf-8", header_name=name)
        return f"{name}: {subject.encode(linesep=self.linesep)}{self.linesep}".encode("ascii")


class MailUnavailable(Unavailable):
    """The mail did not leave; the same mail may be sent again later."""


class MailRefused(Exception):
    """The mail will never be taken for its person. The text is French and names nobody."""


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person. `message_id` is any text that names it for ever: the key of its outbox row.

    `sent_at` is the date the person reads, an aware instant.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """A mail read back from its file, as its reader would see it."""

    message_id: str
    sender: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    sent_at: datetime


class Mailer(Protocol):
    def send(self, mail: Mail) -> None:
        """Send it, waiting until it is taken: call this in a thread.

        Raises `MailUnavailable` (later, perhaps) or `MailRefused` (never).
        """
        ...


def build_message(mail: Mail, sender: str) -> EmailMessage:
    """Return the mail as it goes over the wire: text and HTML, both French, with its attachments.

    `sender` is an address with or without a name. Raises `MailRefused` where `mail.to` is no address.
    """
    recipient = _recipient(mail.to)
    international = not recipient.username.isascii()
    message = EmailMessage(policy=_FrenchPolicy(linesep="\r\n", utf8=international))
    author = _sender(sender)
    message["Message-ID"] = f"<{_stable_name(mail.message_id)}@{author.domain}>"
    message["Date"] = mail.sent_at
    message["From"] = author
    message["To"] = recipient
    # "=?" begins an encoded word, in which a line break could hide.
    message["Subject"] = _LINE_BREAKS.sub(" ", mail.subject.replace("=?", "= ?"))
    # Holiday replies are not answered to a machine.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte="quoted-printable")
    message.add_alternative(mail.html, subtype="html", cte="quoted-printable")
    for attachment in mail.attachments:
        maintype, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content,
            maintype=maintype,
            subtype=subtype,
            filename=_LINE_BREAKS.sub(" ", attachment.filename),
        )
    # Last: as the content grows, EmailMessage moves each Content header down to the first part.
    message["Content-Language"] = "fr"
    return message


class FolderMailer:
    """The default without a server: each mail is a file of a folder, which the staff page shows."""

    def __init__(self, folder: Path, sender: str) -> None:
        """Raise `ValueError` where `sender` is no address."""
        _sender(sender)
        self._folder = folder
        self._sender = sender

    def send(self, mail: Mail) -> None:
        """Write the mail's file, once: the same mail sent again changes nothing."""
        content = build_message(mail, self._sender).as_bytes()
        path = mail_file(self._folder, mail.message_id)
        try:
            # Mails hold personal links: nobody else on the machine reads them.
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not path.exists():
                write_whole(path, content)
        except OSError as error:
            raise MailUnavailable("Le dossier des e-mails ne peut pas être écrit.") from error


def mail_file(folder: Path, message_id: str) -> Path:
    """Return where `FolderMailer` keeps the mail of that name, written or not."""
    return folder / f"{_stable_name(message_id)}.eml"


def read_folder(folder: Path, limit: int = 200) -> tuple[ReceivedMail, ...]:
    """Return the mails of a folder, the last written first; none where the folder is not there yet."""
    newest_first = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return tuple(read_mail(path) for path in newest_first[:limit])


def read_mail(path: Path) -> ReceivedMail:
    """Read a mail back from its file; raise `FileNotFoundError` where there is none."""
    with path.open("rb") as file:
        message = BytesParser(EmailMessage, policy=policy.default).parse(file)
    return ReceivedMail(
        message_id=str(message["Message-ID"]),
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_words(message.get_body(("plain",))),
        html=_words(message.get_body(("html",))),
        attachments=tuple(
            Attachment(part.get_filename(""), part.get_content_type(), _bytes(part))
            for part in message.iter_attachments()
        ),
        sent_at=message["Date"].datetime,
    )


class SmtpMailer:
    """Sends by an SMTP server, whose certificate is checked against the system's store."""

    def __init__(
        self,
        host: str,
        port: int,
        *,
        user: str,
        password: str,
        security: Security,
        sender: str,
        timeout_seconds: float = 20.0,
    ) -> None:
        """Sign in only where `user` is given. `timeout_seconds` bounds each wait for the server.

        Raises `ValueError` where `sender` is no address, or the credentials are not ASCII.
        """
        if not (user + password).isascii():
            raise ValueError("le protocole SMTP n’accepte pas les accents dans les identifiants")
        self._host, self._port = host, port
        self._user, self._password = user, password
        self._security = security
        self._sender = sender
        self._sender_domain = _sender(sender).domain
        self._timeout_seconds = timeout_seconds

    def send(self, mail: Mail) -> None:
        message = build_message(mail, self._sender)
        try:
            with self._session() as server:
                _deliver(server, message)
        # Not chained: the server's words, and smtplib's, hold the person's address.
        except smtplib.SMTPRecipientsRefused as refused:
            code = next(iter(refused.recipients.values()))[0]
            raise _by_code("Le destinataire", code) from None
        except smtplib.SMTPDataError as refused:
            raise _by_code("Le message", refused.smtp_code) from None
        except OSError as error:  # all of smtplib's are
            raise MailUnavailable(_what_is_wrong(error)) from None

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        server = self._connect()
        try:
            if self._security == "starttls":
                # Raises where the server offers none: nothing is ever sent in clear instead.
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
            yield server
            # The mail is taken by now: a server that goes away here must not have it sent again.
            with contextlib.suppress(OSError):
                server.quit()
        finally:
            server.close()

    def _connect(self) -> smtplib.SMTP:
        # Named after the sender: smtplib would ask the DNS for this machine's name, without a limit of time.
        name, seconds = self._sender_domain, self._timeout_seconds
        if self._security == "tls":
            certificates = ssl.create_default_context()
            return smtplib.SMTP_SSL(self._host, self._port, name, timeout=seconds, context=certificates)
        return smtplib.SMTP(self._host, self._port, name, timeout=seconds)


def _deliver(server: smtplib.SMTP, message: EmailMessage) -> None:
    server.ehlo_or_helo_if_needed()
    if not str(message["To"]).isascii() and not server.has_extn("smtputf8"):
        raise MailRefused("Le serveur d’e-mails n’accepte pas les accents dans une adresse.")
    server.send_message(message)


def _by_code(subject: str, code: int) -> MailRefused | MailUnavailable:
    if code in _PERMANENT:
        return MailRefused(f"{subject} est refusé par le serveur d’e-mails (code {code}).")
    return MailUnavailable(f"{subject} n’est pas accepté pour l’instant (code {code}).")


def _what_is_wrong(error: OSError) -> str:
    """Say what kept the server from taking any mail at all."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"Le serveur d’e-mails refuse les identifiants du portail (code {error.smtp_code})."
        case smtplib.SMTPSenderRefused():
            return f"Le serveur d’e-mails refuse l’expéditeur (code {error.smtp_code})."
        case smtplib.SMTPResponseException():
            return f"Le serveur d’e-mails a répondu {error.smtp_code}."
        case smtplib.SMTPNotSupportedError():
            return "Le serveur d’e-mails n’offre pas le chiffrement ou l’authentification demandés."
        case ssl.SSLCertVerificationError():
            return "Le certificat du serveur d’e-mails n’est pas valable."
        case _:
            return "Le serveur d’e-mails ne répond pas."


def _recipient(address: str) -> Address:
    try:
        return _address(address)
    except ValueError:
        raise MailRefused("L’adresse du destinataire n’en est pas une.") from None


def _sender(sender: str) -> Address:
    if _LINE_BREAKS.search(sender):
        raise ValueError("une adresse e-mail tient sur une ligne")
    name, address = parseaddr(sender)
    return _address(address, name)


def _address(address: str, name: str = "") -> Address:
    if not _ADDRESS.fullmatch(address):
        raise ValueError("une adresse e-mail est attendue")
    username, _, domain = address.partition("@")
    return Address(name, username, domain.encode("idna").decode())


def _stable_name(message_id: str) -> str:
    """Return a name for headers and files: readable, and different for different mails."""
    readable = re.sub(r"[^A-Za-z0-9]+", "-", message_id).strip("-")[:24]
    return f"{readable}.{hashlib.sha256(message_id.encode()).hexdigest()[:16]}"


def _words(part: MIMEPart | None) -> str:
    return str(part.get_content()) if part else ""


def _bytes(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
