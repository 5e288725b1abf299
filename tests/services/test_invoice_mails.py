"""The mails about money (CGV art. 10.3): each with its paper, its day and its sum; no suspension without the mail."""

import re
from datetime import date, timedelta

import pytest

from portal.contract import acts as a
from portal.contract.state import Payment, Service, State
from portal.documents.facturx_checks import missing_marks
from portal.outside.mail import Mail, MailRefused, MailUnavailable, ReceivedMail
from portal.services.context import Portal
from portal.services.invoice_papers import document
from portal.services.outbox import deliver, send_again
from portal.services.reading import own_contract
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, act, live_until, paris
from tests.services.dossier_lives import a_colleague
from tests.services.invoiced import HINT, in_force
from tests.services.mailboxes import all_mails, mails_called, template_of, the_mail

# What the mails say does not depend on the database; what a default's mail does to the contract is tested on both.
SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    """In force on 17/03/2026; the first month is paid, nothing else."""
    return await in_force(portal, clock)


async def until(portal: Portal, clock: FixedClock, client: Client, day: date, hour: int = 9) -> None:
    await live_until(portal, clock, client, paris(day, hour))


async def state_of(portal: Portal, client: Client) -> State:
    return (await own_contract(portal, client.viewer)).state


def plain(mail: ReceivedMail) -> str:
    return re.sub(r"\s+", " ", mail.text)


# --- invoices ------------------------------------------------------------------------------------------


@SQLITE
async def test_an_invoice_comes_with_its_pdf_and_announces_its_collection(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await until(portal, clock, client, date(2026, 3, 20))
    mail = await the_mail(portal, "invoice_issued")
    assert plain_subject(mail) == "Facture F-2026-0002 : 142,26 € prélevés le mardi 31 mars 2026"
    text = plain(mail)
    for words in (
        "valent notification préalable du prélèvement",
        "Total HT : 118,55 € TVA : 23,71 € Total TTC : 142,26 € À payer : 142,26 €",
        f"Compte prélevé : {HINT} Mandat (RUM) : CT-2026-0001-M1",
        "Article 10.2 des CGV",
        "mardi 31 mars 2026",
    ):
        assert words in text
    (attached,) = mail.attachments
    assert (attached.filename, attached.media_type) == ("F-2026-0002.pdf", "application/pdf")
    assert attached.content == await document(portal, "F-2026-0002")
    assert missing_marks(attached.content) == ()


def plain_subject(mail: ReceivedMail) -> str:
    return re.sub(r"\s", " ", mail.subject)


@SQLITE
async def test_the_first_months_invoice_is_attached_too(portal: Portal, client: Client) -> None:
    (attached,) = (await the_mail(portal, "first_month")).attachments
    assert attached.content == await document(portal, "F-2026-0001")


@SQLITE
async def test_a_credit_note_comes_with_its_pdf(portal: Portal, clock: FixedClock, client: Client) -> None:
    await until(portal, clock, client, date(2026, 3, 31))
    await act(portal, client, a.Settle(month="2026-04"))
    await until(portal, clock, client, date(2026, 4, 21))
    await act(portal, client, a.Terminate(reason="insolvency", since=date(2026, 3, 20)))
    mail = await the_mail(portal, "credit_note_issued")
    assert plain_subject(mail).startswith("Avoir A-2026-0001 : ")
    assert "sur la facture F-2026-0003 du lundi 20 avril 2026" in plain(mail)
    (attached,) = mail.attachments
    assert attached.content == await document(portal, "A-2026-0001")


# --- a default -----------------------------------------------------------------------------------------


@SQLITE
async def test_a_default_states_the_exact_sum_how_to_pay_and_the_hour_of_suspension(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    """Due 31/03/2026: in default on 1 April at 09:00; ten business days, Easter Monday left out: 16 April, 18:00."""
    await until(portal, clock, client, date(2026, 4, 1), 10)
    mail = await the_mail(portal, "default_recorded")
    text = plain(mail)
    assert plain_subject(mail) == "Facture F-2026-0002 impayée : suspension le jeudi 16 avril 2026"
    for words in (
        "Sans règlement, le service est suspendu le jeudi 16 avril 2026 à 18 h 00",
        (
            "Factures impayées, TTC : 142,26 € Pénalités de retard : 1,25 € Indemnités forfaitaires de recouvrement : "
            "40,00 € À régler : 183,51 €"
        ),
        "Somme exacte jusqu’au : mercredi 29 avril 2026",
        "IBAN : FR76 3000 6000 0112 3456 7890 189",
        "Référence à rappeler : CT-2026-0001",
    ):
        assert words in text
    (attached,) = mail.attachments
    assert attached.filename == "Decompte-CT-2026-0001.pdf"


@SQLITE
async def test_a_missing_legal_rate_leaves_the_sum_unsaid_but_not_the_day(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock, date(2030, 1, 22))
    await until(portal, clock, client, date(2030, 1, 31), 10)
    await act(portal, client, a.Settle(month="2030-02"))
    await until(portal, clock, client, date(2030, 3, 1), 10)
    text = plain(await the_mail(portal, "default_recorded"))
    assert "Le taux d’intérêt légal de ce semestre n’est pas encore publié" in text
    assert "À régler" not in text
    assert "le service est suspendu le vendredi 15 mars 2030 à 18 h 00" in text


@SQLITE
async def test_suspended_then_restored(portal: Portal, clock: FixedClock, client: Client) -> None:
    await until(portal, clock, client, date(2026, 4, 16), 19)
    suspended = plain(await the_mail(portal, "suspended_unpaid"))
    assert "suspendu depuis le jeudi 16 avril 2026 à 18 h 00" in suspended
    assert "À régler : 183,51 €" in suspended
    assert "résilier le contrat à partir du vendredi 17 avril 2026 à 0 h 00" in suspended
    await act(portal, client, a.SettleEverything())
    assert (await state_of(portal, client)).service is Service.OPEN
    restored = await the_mail(portal, "service_restored")
    assert "Tout ce que l’entreprise Atelier Nord devait est réglé" in plain(restored)
    await until(portal, clock, client, date(2026, 4, 20))
    assert len(await mails_called(portal, "service_restored")) == 1


@SQLITE
async def test_what_the_bank_sends_back_is_said(portal: Portal, clock: FixedClock, client: Client) -> None:
    await until(portal, clock, client, date(2026, 3, 30))
    await act(portal, client, a.ReturnPayment(month="2026-04", kind="reject"))
    rejected = plain(await the_mail(portal, "payment_returned"))
    assert "n’a pas versé le prélèvement de la facture F-2026-0002" in rejected
    assert "à régler au plus tard le mardi 31 mars 2026" in rejected
    await act(portal, client, a.Settle(month="2026-04"))
    await until(portal, clock, client, date(2026, 4, 15))
    await act(portal, client, a.ReturnPayment(month="2026-04", kind="refund"))
    refunded = plain((await mails_called(portal, "payment_returned"))[-1])
    assert "de nouveau impayée, depuis ce jour seulement" in refunded
    assert "un autre message vous dit le jour" in refunded
    assert len(await mails_called(portal, "default_recorded")) == 1


# --- no mail sent, no suspension --------------------------------------------------------------------------


class Broken:
    """A mail server that refuses, or does not answer, what is written of a default."""

    def __init__(self, portal: Portal, error: type[MailRefused] | type[MailUnavailable]) -> None:
        self.error: type[MailRefused | MailUnavailable] | None = error
        self._mailer = portal.mailer

    def send(self, mail: Mail) -> None:
        if self.error and "impayée" in mail.subject:
            raise self.error("non")
        self._mailer.send(mail)


def broken(portal: Portal, error: type[MailRefused] | type[MailUnavailable]) -> tuple[Portal, Broken]:
    from dataclasses import replace

    mailer = Broken(portal, error)
    return replace(portal, mailer=mailer), mailer


async def kinds(portal: Portal, client: Client) -> list[str]:
    events = (await own_contract(portal, client.viewer)).events
    return [one.event.kind for one in events if "default" in one.event.kind or "suspended" in one.event.kind]


async def test_a_mail_that_leaves_in_time_changes_nothing(
    portal: Portal, clock: FixedClock, client: Client
) -> None:
    await until(portal, clock, client, date(2026, 4, 1), 10)
    await deliver(portal)
    assert await kinds(portal, client) == ["default_recorded"]
    await until(portal, clock, client, date(2026, 4, 16), 19)
    assert (await state_of(portal, client)).service is Service.SUSPENDED


async def test_a_mail_that_is_given_up_holds_the_suspension_and_alerts_staff_until_it_leaves(
    portal: Portal, clock: FixedClock, machine: FixedClock, client: Client
) -> None:
    nina = await a_colleague(portal)
    without, mailer = broken(portal, MailRefused)
    await until(portal, clock, client, date(2026, 4, 1), 10)
    assert (await deliver(without)).given_up == 1
    assert await kinds(portal, client) == ["default_recorded", "default_mail_failed"]
    alert = await the_mail(without, "default_not_mailed")
    assert alert.to == "nina@prestataire.example"
    assert "La suspension est retenue" in plain(alert)

    await until(portal, clock, client, date(2026, 4, 20), 10)
    state = await state_of(portal, client)
    assert state.service is Service.OPEN
    assert state.invoices[1].payment is Payment.IN_DEFAULT

    mailer.error = None
    async with portal.database.reading() as connection:
        from sqlalchemy import select

        from portal.records.tables import outbox

        mail_id = await connection.scalar(select(outbox.c.id).where(outbox.c.template == "default_recorded"))
    assert await send_again(portal, nina, mail_id or 0, ORIGIN)
    late = plain(await the_mail(without, "default_recorded"))
    # Ten business days from 20 April, 1 May left out.
    assert "Sans règlement, le service est suspendu le mardi 5 mai 2026 à 18 h 00" in late
    assert await kinds(portal, client) == ["default_recorded", "default_mail_failed", "default_mail_sent"]
    await until(portal, clock, client, date(2026, 5, 5), 19)
    assert (await state_of(portal, client)).service is Service.SUSPENDED


async def test_a_mail_that_leaves_a_day_later_counts_from_that_day(
    portal: Portal, clock: FixedClock, machine: FixedClock, client: Client
) -> None:
    without, mailer = broken(portal, MailUnavailable)
    await until(portal, clock, client, date(2026, 4, 1), 10)
    assert (await deliver(without)).postponed == 1
    assert await kinds(portal, client) == ["default_recorded"]
    mailer.error = None
    machine.move_to(machine.now() + timedelta(hours=20))
    await until(portal, clock, client, date(2026, 4, 2), 6)
    text = plain(await the_mail(without, "default_recorded"))
    assert "le service est suspendu le vendredi 17 avril 2026 à 18 h 00" in text
    assert await kinds(portal, client) == ["default_recorded", "default_mail_failed", "default_mail_sent"]
    assert (await state_of(portal, client)).invoices[1].suspension_at == paris(date(2026, 4, 17), 18)


async def test_a_default_settled_before_its_late_mail_is_not_written_of_any_more(
    portal: Portal, clock: FixedClock, machine: FixedClock, client: Client
) -> None:
    nina = await a_colleague(portal)
    without, mailer = broken(portal, MailRefused)
    await until(portal, clock, client, date(2026, 4, 1), 10)
    await deliver(without)
    await act(portal, client, a.SettleEverything())
    mailer.error = None
    async with portal.database.reading() as connection:
        from sqlalchemy import select

        from portal.records.tables import outbox

        mail_id = await connection.scalar(select(outbox.c.id).where(outbox.c.template == "default_recorded"))
    await send_again(portal, nina, mail_id or 0, ORIGIN)
    assert (await deliver(without)).given_up == 1
    assert "default_recorded" not in {template_of(mail) for mail in await all_mails(portal)}
    assert await kinds(portal, client) == ["default_recorded", "default_mail_failed"]
