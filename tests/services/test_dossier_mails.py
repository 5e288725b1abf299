"""The mails of a dossier, to the client and to staff: all of them, in their order, with their dates and amounts."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.french import NBSP, typeset
from portal.outside.mail import ReceivedMail
from portal.services.context import Portal
from portal.services.examining import refuse
from portal.services.papers import paper
from portal.services.refusal_reasons import READY_REASONS
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, a_trial, act, paris
from tests.services.dossier_lives import a_colleague, a_whole_dossier, sent
from tests.services.mailboxes import all_mails, template_of
from tests.services.subscribing import give_facts, send, signed

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def plain(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").replace("\u202f", " ").split())


def the(mails: list[ReceivedMail], template: str) -> str:
    (found,) = [mail for mail in mails if template_of(mail) == template]
    return plain(f"{found.subject} {found.text}")


async def test_a_whole_dossier_writes_these_mails_and_no_other(portal: Portal, clock: FixedClock) -> None:
    await a_whole_dossier(portal, clock)
    mails = await all_mails(portal)
    written: dict[str, list[str]] = {}
    for mail in mails:
        written.setdefault(mail.to, []).append(f"{mail.sent_at:%d/%m} {template_of(mail)}")
    assert written == {
        "paul.aubry@autre.example": [
            "20/04 piece_received",
            "20/04 piece_received",
            "20/04 piece_received",
            "20/04 terms_accepted",
            "20/04 trial_started",
            "28/04 dossier_complete",
            "28/04 piece_accepted",
            "28/04 piece_accepted",
            "28/04 piece_accepted",
            "28/04 piece_received",
            "28/04 piece_refused",
            "01/05 first_month",
            "12/05 first_payment_reminder",
            "19/05 first_payment_reminder",
            "20/05 in_force",
            "20/05 invoice_issued",
        ],
        "nina@prestataire.example": [
            "20/04 piece_to_examine",
            "20/04 piece_to_examine",
            "20/04 piece_to_examine",
            "28/04 piece_to_examine",
            "01/05 first_month_awaited",
            "19/05 first_month_unpaid",
            "20/05 contract_in_force",
        ],
    }

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
        portal.settings.service_url,
    ):
        assert said in in_force, said
    awaited = the(mails, "first_month_awaited")
    for said in ("F-2026-0001, de 294,00 € TTC", "prélevée le lundi 11 mai 2026", "référence F-2026-0001"):
        assert said in awaited, said
    unpaid = the(mails, "first_month_unpaid")
    assert "le dernier rappel que le portail lui envoie" in unpaid
    assert "n’est pas en vigueur" in unpaid
    to_examine = [plain(mail.text) for mail in mails if template_of(mail) == "piece_to_examine"]
    # The third piece, and the one that was sent again.
    assert sum("Les trois pièces du dossier sont là" in text for text in to_examine) == 2
    refused = the(mails, "piece_refused")
    _, reason, *_ = READY_REASONS[Piece.KBIS]
    assert plain(reason.remedy) in refused
    assert plain(typeset(reason.text)) in refused


async def test_every_member_of_the_staff_is_written_to(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 4, 20), 10))
    await a_colleague(portal, "Nina")
    await a_colleague(portal, "Yves")
    await act(portal, client, sent(Piece.CONTRACT))
    told = [mail.to for mail in await all_mails(portal) if template_of(mail) == "piece_to_examine"]
    assert sorted(told) == ["nina@prestataire.example", "yves@prestataire.example"]


async def test_what_the_staff_add_is_read_and_is_only_words(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, paris(date(2026, 4, 20), 10))
    nina = await a_colleague(portal)
    await give_facts(portal, client)
    await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    version = await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    unsigned = READY_REASONS[Piece.CONTRACT][0]
    remark = "La page\n2 <b>manque</b>."
    await refuse(portal, nina, client.contract_id, Piece.CONTRACT, version, unsigned, remark, ORIGIN)
    (refused,) = [mail for mail in await all_mails(portal) if template_of(mail) == "piece_refused"]
    assert "La page 2 <b>manque</b>." in plain(refused.text)
    assert "La page 2 &lt;b&gt;manque&lt;/b&gt;." in plain(refused.html)


async def test_a_mandate_replaced_in_a_contract_in_force_is_not_told_as_a_trial(
    portal: Portal, clock: FixedClock
) -> None:
    client, nina = await a_whole_dossier(portal, clock)
    clock.move_to(paris(date(2026, 5, 21), 9))
    await act(portal, client, sent(Piece.MANDATE, 2))
    reason = READY_REASONS[Piece.MANDATE][1]
    await refuse(portal, nina, client.contract_id, Piece.MANDATE, "mandate-2", reason, "", ORIGIN)
    late = [plain(mail.text) for mail in await all_mails(portal) if f"{mail.sent_at:%d/%m}" == "21/05"]
    assert len(late) == 3
    for said in late:
        assert "10.2" in said or "reste celui de vos prélèvements" in said
        for wrong in ("entrée en vigueur", "Pour la renvoyer", "détruit"):
            assert wrong not in said, said
