"""The mails of a dossier, to the client and to staff: all of them, in their order, with their dates and amounts."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.french import NBSP
from portal.outside.mail import ReceivedMail
from portal.services.context import Portal
from portal.services.examining import refuse
from portal.services.refusal_reasons import READY_REASONS
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_trial, act, paris
from tests.services.dossier_lives import a_colleague, a_whole_dossier, sent
from tests.services.mailboxes import all_mails, template_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def plain(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").replace("\u202f", " ").split())


def the(mails: list[ReceivedMail], template: str) -> str:
    (found,) = [mail for mail in mails if template_of(mail) == template]
    return plain(f"{found.subject} {found.text}")


async def test_a_whole_dossier_writes_these_mails_and_no_other(portal: Portal, clock: FixedClock) -> None:
    await a_whole_dossier(portal, clock)
    mails = await all_mails(portal)
    to_client = [template_of(mail) for mail in mails if mail.to == "paul.aubry@autre.example"]
    to_staff = [template_of(mail) for mail in mails if mail.to == "nina@prestataire.example"]
    assert to_client == [
        "terms_accepted",
        "trial_started",
        "piece_received",
        "piece_received",
        "piece_received",
        "piece_refused",
        "piece_accepted",
        "piece_accepted",
        "piece_received",
        "piece_accepted",
        "dossier_complete",
        "first_month",
        "first_payment_reminder",
        "in_force",
    ]
    assert to_staff == ["piece_to_examine"] * 4 + ["contract_in_force"]

    assert "sera émise le vendredi 1er mai 2026" in the(mails, "dossier_complete")
    first = the(mails, "first_month")
    for said in (
        "F-2026-0001",
        "245,00 €",
        "49,00 €",
        "294,00 €",
        "FR76 3000 6000 0112 3456 7890 189",
        "5 utilisateurs",
    ):
        assert said in first, said
    in_force = the(mails, "in_force")
    for said in (
        "CT-2026-0001",
        "mercredi 20 mai 2026",
        "mercredi 19 mai 2027",
        portal.settings.support_phone,
    ):
        assert said in in_force, said
    refused = the(mails, "piece_refused")
    _, reason, *_ = READY_REASONS[Piece.KBIS]
    assert plain(reason.remedy) in refused
    assert plain(reason.text.replace("« ", "« ")) in refused.replace("« ", "« ")


async def test_every_member_of_the_staff_is_written_to(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 4, 20), 10))
    await a_colleague(portal, "Nina")
    await a_colleague(portal, "Yves")
    await act(portal, client, sent(Piece.CONTRACT))
    told = [mail.to for mail in await all_mails(portal) if template_of(mail) == "piece_to_examine"]
    assert sorted(told) == ["nina@prestataire.example", "yves@prestataire.example"]


async def test_what_the_staff_add_cannot_speak_for_us_by_a_link(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 4, 20), 10))
    nina = await a_colleague(portal)
    await act(portal, client, sent(Piece.CONTRACT))
    other = READY_REASONS[Piece.CONTRACT][0]
    await refuse(
        portal,
        nina,
        client.contract_id,
        Piece.CONTRACT,
        "contract-1",
        other,
        "La page\n2 <b>manque</b>.",
        ORIGIN,
    )
    mails = await all_mails(portal)
    (refused,) = [mail for mail in mails if template_of(mail) == "piece_refused"]
    assert "<b>" not in refused.html
