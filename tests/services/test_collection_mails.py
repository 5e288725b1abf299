"""The mails about a collection (CGV art. 10.2): why it came back, what is asked, and how to pay meanwhile."""

import re

import pytest

from portal.contract import acts as a
from portal.contract.acts import FIRST
from portal.outside.mail import ReceivedMail
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from tests.clock import FixedClock
from tests.payments.bank_files import GroupStatus, Status, status_report
from tests.services.clients import act
from tests.services.collected import (
    FIRST_CENTS,
    FIRST_COLLECTION,
    FIRST_INVOICE,
    first_collected,
    live_with_the_bank,
    take,
)
from tests.services.mailboxes import the_mail

# What the mails say does not depend on the database.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def plain(mail: ReceivedMail) -> str:
    return re.sub(r"\s+", " ", f"{mail.subject} {mail.text}")


async def test_what_came_back_says_why_in_the_bank_s_words(portal: Portal, clock: FixedClock) -> None:
    one = await first_collected(portal, clock)
    report = status_report(GroupStatus("G", [Status(FIRST_COLLECTION, "AM04", cents=FIRST_CENTS)]))
    await take(portal, one.staff, report)
    said = plain(await the_mail(portal, "payment_returned"))
    for words in (FIRST_INVOICE, "la provision est insuffisante", "nous pourrons le présenter de nouveau"):
        assert words in said, words


@pytest.mark.parametrize(
    ("reason", "template", "words"),
    [
        (
            "AC04",
            "new_account_asked",
            ("le compte est clos", "FR76 •••• •••• 0189", "Nous ne prélevons plus rien"),
        ),
        ("MD01", "mandate_blocked", ("CT-2026-0001-M1", "nous ne prélevons plus rien")),
    ],
)
async def test_what_is_asked_of_the_client_is_said(
    portal: Portal, clock: FixedClock, reason: str, template: str, words: tuple[str, ...]
) -> None:
    one = await first_collected(portal, clock)
    report = status_report(GroupStatus("G", [Status(FIRST_COLLECTION, reason, cents=FIRST_CENTS)]))
    await take(portal, one.staff, report)
    said = plain(await the_mail(portal, template))
    for expected in (*words, FIRST_INVOICE, "294,00 €", "mardi 10 mars 2026", "Référence à rappeler"):
        assert expected in said, expected


@pytest.mark.parametrize(
    ("reason", "template", "asked"),
    [
        ("AC04", "new_account_asked", "donnez un autre IBAN"),
        ("MD01", "mandate_blocked", "imprimez un nouveau mandat"),
    ],
)
async def test_another_mandate_is_asked_once_it_can_be_received(
    portal: Portal, clock: FixedClock, reason: str, template: str, asked: str
) -> None:
    one = await first_collected(portal, clock)
    await act(portal, one.client, a.Settle(month=FIRST))
    report = status_report(GroupStatus("G", [Status(FIRST_COLLECTION, reason, cents=FIRST_CENTS)]))
    await take(portal, one.staff, report)
    said = plain(await the_mail(portal, template))
    assert asked in said
    assert "premier mois" not in said


async def test_a_new_presentation_is_announced(portal: Portal, clock: FixedClock) -> None:
    await publish_demonstration(portal)
    await live_with_the_bank(portal, clock)
    said = plain(await the_mail(portal, "collection_again"))
    for words in ("Nouveau prélèvement le jeudi 12 mars 2026", "294,00 € TTC", "CT-2026-0001-M1"):
        assert words in said, words
