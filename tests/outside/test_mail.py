"""A mail as it is written for the wire, and the folder that stands for a server."""

import os
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.outside.mail import (
    Attachment,
    FolderMailer,
    Mail,
    MailRefused,
    MailUnavailable,
    SmtpMailer,
    build_message,
    mail_file,
    read_folder,
    read_mail,
)
from portal.outside.unavailable import Unavailable
from tests.outside.faults import full_disk, not_ours
from tests.outside.mails import SENDER, a_mail


def headers_of(message: EmailMessage) -> bytes:
    return message.as_bytes().partition(b"\r\n\r\n")[0]


def test_a_mail_says_who_when_in_which_language_and_that_a_machine_wrote_it() -> None:
    message = build_message(a_mail(), SENDER)

    assert message["From"] == "EXANERGY CRM <portail@exanergy.example>"
    assert message["To"] == "anne.martin@client.example"
    assert message["Date"].datetime == datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_mail_has_its_text_and_the_same_in_html() -> None:
    message = build_message(a_mail(), SENDER)

    body, pdf, _calendar = message.iter_parts()
    assert [part.get_content_type() for part in body.iter_parts()] == ["text/plain", "text/html"]
    assert (pdf.get_content_type(), pdf.get_filename()) == ("application/pdf", "Conditions générales.pdf")


def test_a_mail_without_attachments_is_text_and_html_only() -> None:
    message = build_message(a_mail(attachments=()), SENDER)

    assert message.get_content_type() == "multipart/alternative"


def test_the_same_mail_always_has_the_same_message_id() -> None:
    first = build_message(a_mail(), SENDER)["Message-ID"]
    again = build_message(a_mail(subject="Autre objet"), SENDER)["Message-ID"]
    other = build_message(a_mail(message_id="mail:c-1:7-trial_started"), SENDER)["Message-ID"]

    assert first == again
    assert first != other
    assert str(first).endswith("@exanergy.example>")


def test_a_long_message_id_stays_on_one_line_of_its_header() -> None:
    message = build_message(a_mail(message_id="mail:" + "0123456789" * 20), SENDER)

    [line] = [line for line in headers_of(message).split(b"\r\n") if line.startswith(b"Message-ID:")]
    assert line.endswith(b"@exanergy.example>")
    assert all(len(line) <= 78 for line in headers_of(message).split(b"\r\n"))


@pytest.mark.parametrize(
    "subject",
    [
        "Essai\r\nBcc: voleur@ailleurs.example",
        "Essai\nBcc: voleur@ailleurs.example",
        "Essai\rBcc: voleur@ailleurs.example",
        "Essai\x00\x0b\x0c\x1c\u2028Bcc: voleur@ailleurs.example",
        "Essai\r\n\r\n<script>",
        "Essai =?utf-8?q?=0D=0ABcc:_voleur=40ailleurs.example?=",
        "Essai =?utf-8?q?=0D=0ABcc:_voleur=40ailleurs.example?= été",
    ],
)
def test_a_subject_stays_a_subject(subject: str) -> None:
    message = build_message(a_mail(subject=subject), SENDER)

    assert message["Bcc"] is None
    assert message["Subject"].startswith("Essai ")
    assert not [line for line in headers_of(message).split(b"\r\n") if line.lower().startswith(b"bcc")]
    assert b"<script>" not in message.as_bytes().partition(b"\r\n\r\n")[2]


def test_a_file_name_stays_a_file_name() -> None:
    attachment = Attachment('a"; name=b\r\nX-Evil: 1.pdf', "application/pdf", b"%PDF")
    message = build_message(a_mail(attachments=(attachment,)), SENDER)

    assert b"\r\nX-Evil" not in message.as_bytes()
    assert [part.get_filename() for part in message.iter_attachments()] == ['a"; name=b X-Evil: 1.pdf']


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anne",
        "anne@",
        "@client.example",
        "anne@client.example\r\nBcc: voleur@ailleurs.example",
        "anne@client.example\n",
        "anne@client.example, voleur@ailleurs.example",
        "Anne <anne@client.example>",
        "anne@client..example",
        "anne@client.example@ailleurs.example",
        "anne martin@client.example",
        "anne@" + "a" * 64 + ".example",
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(MailRefused) as refused:
        build_message(a_mail(to=address), SENDER)

    assert "anne" not in str(refused.value)
    assert not isinstance(refused.value, Unavailable)


def test_a_domain_with_accents_is_written_as_the_dns_knows_it() -> None:
    message = build_message(a_mail(to="anne@société.example"), SENDER)

    assert message["To"] == "anne@xn--socit-esab.example"


@pytest.mark.parametrize("sender", ["", "EXANERGY", "EXANERGY <portail>", "a@b.example\r\nBcc: c@d.example"])
def test_a_wrong_sender_is_found_when_the_portal_opens(sender: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="adresse"):
        FolderMailer(tmp_path, sender)
    with pytest.raises(ValueError, match="adresse"):
        SmtpMailer("127.0.0.1", 25, user="", password="", security="none", sender=sender)


def test_credentials_that_smtp_cannot_carry_are_found_when_the_portal_opens() -> None:
    with pytest.raises(ValueError, match="accents") as wrong:
        SmtpMailer("127.0.0.1", 25, user="portail", password="été", security="tls", sender=SENDER)
    assert "été" not in str(wrong.value)


def test_a_mail_in_the_folder_reads_back_as_it_was_written(tmp_path: Path) -> None:
    mail = a_mail()
    FolderMailer(tmp_path / "mails", SENDER).send(mail)

    received = read_mail(mail_file(tmp_path / "mails", mail.message_id))

    assert (received.to, received.subject, received.sent_at) == (mail.to, mail.subject, mail.sent_at)
    assert received.sender == SENDER
    assert (received.text, received.html) == (mail.text, mail.html)
    assert received.attachments == mail.attachments


@pytest.mark.parametrize(
    "subject",
    [
        "Votre essai est suspendu\u202f: réagissez avant le 17\u00a0mars 2026, 24\u00a0h\u00a000",
        "« Été »\u00a0: " + "déjà\u202f! " * 30,
        "x" * 300,
        "📅 عقد \u202edrawkcab",
        "Compte confirme " * 20 + "fin",
    ],
)
def test_a_subject_keeps_its_typography(subject: str, tmp_path: Path) -> None:
    mail = a_mail(subject=subject.rstrip())
    FolderMailer(tmp_path, SENDER).send(mail)

    assert read_mail(mail_file(tmp_path, mail.message_id)).subject == mail.subject


@pytest.mark.parametrize("name", ["Société Générale d’Exemples – Étude & Conseil", '"Exemple, SAS"'])
def test_the_sender_s_name_keeps_its_accents(name: str, tmp_path: Path) -> None:
    mail = a_mail()
    FolderMailer(tmp_path, f"{name} <portail@exanergy.example>").send(mail)

    assert read_mail(mail_file(tmp_path, mail.message_id)).sender == f"{name} <portail@exanergy.example>"


def test_an_address_with_accents_is_kept(tmp_path: Path) -> None:
    mail = a_mail(to="rené@client.example")
    FolderMailer(tmp_path, SENDER).send(mail)

    assert read_mail(mail_file(tmp_path, mail.message_id)).to == "rené@client.example"


def test_the_same_mail_is_written_once(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, SENDER)
    mailer.send(a_mail())
    mailer.send(a_mail(subject="Envoyé deux fois"))

    [received] = read_folder(tmp_path)
    assert received.subject == a_mail().subject


def test_the_folder_is_read_from_the_last_mail_written_to_the_first(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, SENDER)
    for number in (1, 2, 3):
        mail = a_mail(message_id=f"mail:{number}", subject=f"Objet {number}")
        mailer.send(mail)
        os.utime(mail_file(tmp_path, mail.message_id), (number, number))

    assert [mail.subject for mail in read_folder(tmp_path)] == ["Objet 3", "Objet 2", "Objet 1"]
    assert [mail.subject for mail in read_folder(tmp_path, limit=1)] == ["Objet 3"]


def test_a_folder_that_is_not_there_yet_holds_no_mail(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "mails") == ()


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\x00b", "..", "é" * 500])
def test_a_mail_s_file_stays_in_its_folder(name: str, tmp_path: Path) -> None:
    FolderMailer(tmp_path, SENDER).send(a_mail(message_id=name))

    [path] = tmp_path.iterdir()
    assert path == mail_file(tmp_path, name)


def test_mails_are_read_by_their_owner_only(tmp_path: Path) -> None:
    FolderMailer(tmp_path / "mails", SENDER).send(a_mail())

    [path] = (tmp_path / "mails").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "mails").stat().st_mode & 0o077 == 0


def test_a_full_disk_leaves_no_half_mail_and_the_mail_leaves_later(tmp_path: Path) -> None:
    mail = a_mail(attachments=(Attachment("cgv.pdf", "application/pdf", b"x" * 2_000_000),))
    mailer = FolderMailer(tmp_path, SENDER)

    with full_disk(1_000_000), pytest.raises(MailUnavailable):
        mailer.send(mail)
    assert list(tmp_path.iterdir()) == []

    mailer.send(mail)
    assert len(read_folder(tmp_path)) == 1


def test_a_folder_that_is_not_ours_is_unavailable(tmp_path: Path) -> None:
    with not_ours(tmp_path), pytest.raises(MailUnavailable):
        FolderMailer(tmp_path, SENDER).send(a_mail())

    assert list(tmp_path.iterdir()) == []


def test_no_fault_repeats_the_address_or_the_words(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("a file where the folder should be")
    mail: Mail = a_mail()

    with pytest.raises(MailUnavailable) as unavailable:
        FolderMailer(tmp_path / "mails", SENDER).send(mail)

    assert mail.to not in str(unavailable.value)
    assert mail.subject not in str(unavailable.value)
