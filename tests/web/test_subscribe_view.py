"""What `/espace/souscrire` and `/gestion/dossier` say at each standing of a dossier."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.contract.offer import DEMONSTRATION
from portal.services.context import Portal
from portal.services.crosschecks import of_dossier
from portal.services.dossiers import any_dossier, own_dossier
from portal.services.examining import accept, queue, validate_identity
from portal.services.first_collection import own_first_month
from portal.services.first_transfer import record_transfer
from portal.services.papers import outdated_papers, outdated_printings, paper
from portal.web.client.subscribe_view import SubscribeView, prices, subscribe_view, typed_of
from portal.web.staff.dossier_views import dossier_file, to_examine, waiting_row
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, Client, a_client, a_trial, live_until, paris
from tests.services.collected import a_subscriber
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import (
    OTHER_IBAN,
    a_subscribing_client,
    documents,
    give_facts,
    kbis,
    send,
    send_all,
    signed,
)

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


async def shown(portal: Portal, client: Client) -> SubscribeView:
    dossier = await own_dossier(portal, client.viewer)
    asked = await own_first_month(portal, client.viewer, dossier.contract.state)
    outdated, to_print = await outdated_papers(portal, dossier), await outdated_printings(portal, dossier)
    return subscribe_view(dossier, asked, outdated, to_print, support_email="support@prestataire.example")


async def test_each_standing_has_its_next_step(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, START)
    nina = await a_colleague(portal)
    fresh = await shown(portal, client)
    assert (fresh.step, fresh.is_open, fresh.met, fresh.next_step.href) == (1, True, 0, "#etape-1")
    assert (fresh.limit.label, fresh.limit.why.clause) == ("Le service reste ouvert", "5.1")
    assert [one.number for one in fresh.later] == [2, 3, 4, 5]

    await give_facts(portal, client)
    to_print = await shown(portal, client)
    assert (to_print.step, [one.number for one in to_print.later]) == (3, [5])
    await send_all(portal, client)
    sent = await shown(portal, client)
    assert (sent.step, sent.number, sent.is_closed) == (4, "CT-2026-0001", False)
    assert [one.state for one in sent.conditions] == ["en cours"] * 3 + ["notre part", "à faire"]
    assert (sent.may_edit_facts, sent.may_edit_account) == (True, True)

    for piece, document in (await documents(portal, client)).items():
        await accept(portal, nina, client.contract_id, piece, document, ORIGIN)
    accepted = await shown(portal, client)
    assert (sent.papers_are_accepted, accepted.papers_are_accepted) == (False, True)
    assert [plain(one.printed) for one in accepted.papers] == ["Signé, accepté le mardi 3 mars 2026"] * 2
    assert (accepted.met, accepted.may_edit_facts, accepted.may_edit_account) == (3, False, False)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    asked = await shown(portal, client)
    assert (asked.step, asked.met, asked.is_open, asked.is_closed) == (5, 4, False, True)
    assert [one.value for one in asked.first_month] == [
        "294,00\N{NO-BREAK SPACE}€ TTC",
        "mardi\N{NO-BREAK SPACE}10\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2026",
    ]
    assert asked.transfer[-1].value == "F-2026-0001"
    # What she gave is read again, and changed no more.
    assert (asked.facts, asked.account, asked.papers) == (accepted.facts, accepted.account, accepted.papers)
    assert asked.terms == "2026-01"

    await record_transfer(portal, nina, client.contract_id, date(2026, 3, 3), ORIGIN)
    active = await shown(portal, client)
    assert (active.step, active.met, active.is_in_force) == (6, 5, True)
    assert [one.why.clause for one in active.in_force] == ["", "8", "9", "16"]
    assert active.in_force[1].why.rule.startswith("le contrat entre en vigueur le jour où la dernière")
    assert [one.note for one in active.in_force] == [typeset(one.note) for one in active.in_force]
    assert active.later == []


async def test_a_paper_printed_anew_is_to_be_signed_and_not_printed_again(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_subscribing_client(portal, clock, START)
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    await give_facts(portal, client, iban=OTHER_IBAN)
    changed = (await shown(portal, client)).papers[1]
    assert "imprimez-le" in changed.printed
    await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    view = await shown(portal, client)
    assert plain(view.papers[1].printed) == (
        "Impression n° 2, du mardi 3 mars 2026, 1 page : signez-la et envoyez-la, ce que nous avons reçu ne vaut plus."
    )
    assert view.next_step.title == "Renvoyer le mandat SEPA signé"
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    assert "ne vaut plus" not in (await shown(portal, client)).papers[1].printed


async def test_a_notice_that_ends_on_a_sunday_is_told_with_the_last_business_day_before(
    portal: Portal, clock: FixedClock
) -> None:
    one = await a_subscriber(portal, clock)
    await live_until(portal, clock, one.client, paris(date(2026, 3, 31), 10))
    await record_transfer(portal, one.staff, one.client.contract_id, date(2026, 3, 31), ORIGIN)
    limit = (await shown(portal, one.client)).in_force[-1]
    assert plain(limit.value) == "fin du dimanche 28 février 2027 (minuit)"
    assert "vendredi 26 février 2027" in plain(limit.note)
    assert len(limit.why.also) == 1


async def test_a_first_month_that_waits_for_its_invoice_is_foreseen_to_the_cent(
    portal: Portal, clock: FixedClock
) -> None:
    """Validated on the 27th, its notice does not fit into March: what is shown is what is then invoiced."""
    client = await a_trial(portal, clock, paris(date(2026, 3, 20), 10))
    nina = await a_colleague(portal)
    await give_facts(portal, client)
    await send_all(portal, client)
    clock.move_to(paris(date(2026, 3, 27), 10))
    for piece, document in (await documents(portal, client)).items():
        await accept(portal, nina, client.contract_id, piece, document, ORIGIN)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    foreseen = await shown(portal, client)
    assert [plain(one.value) for one in foreseen.first_month] == [
        "mercredi 1er avril 2026 à 6 h 00",
        "294,00 € TTC",
    ]
    await live_until(portal, clock, client, paris(date(2026, 4, 1), 7))
    issued, collected = (await shown(portal, client)).first_month
    assert (issued.value, issued.note) == (foreseen.first_month[1].value, foreseen.first_month[1].note)
    assert plain(collected.value) == "jeudi 9 avril 2026"


async def test_whoever_has_not_accepted_the_terms_is_asked_to(portal: Portal, clock: FixedClock) -> None:
    await a_trial(portal, clock, START)
    other = await a_client(portal, siren="552100554", email="paul@autre.example", legal_name="Autre")
    view = await shown(portal, other)
    assert (view.must_accept, view.is_open, view.terms) == (True, False, "2026-01")


async def test_the_form_shows_what_is_known(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, START)
    typed = typed_of(await own_dossier(portal, client.viewer))
    assert (typed["signatory_name"], typed["users"], typed["vat_number"]) == (
        "Anne Leroy",
        "5",
        "FR44732829320",
    )
    assert typed["rcs_city"] == "", "the registry is often not in the town of the registered office"
    await give_facts(portal, client, option_training="2", capital="10000", rcs_city="Lille Métropole")
    said = {one.label: plain(one.value) for one in (await shown(portal, client)).facts}
    assert (said["SIREN"], said["Capital"], said["RCS"]) == ("732 829 320", "10 000 €", "Lille Métropole")
    kept = typed_of(await own_dossier(portal, client.viewer))
    assert (kept["users"], kept["option_training"], kept["iban"]) == ("7", "2", "")


def test_a_price_says_how_it_is_made(engine: str) -> None:
    each, month, year = prices(DEMONSTRATION, 7, {})
    assert [one.label.replace("\N{NO-BREAK SPACE}", " ") for one in (each, month, year)] == [
        "Un utilisateur, par mois",
        "7 utilisateurs, par mois",
        "7 utilisateurs, par an",
    ]
    assert month.value.replace("\N{NO-BREAK SPACE}", " ") == "343,00 € HT"
    assert year.why.steps[0].value.replace("\N{NO-BREAK SPACE}", " ") == "343,00 €"


async def test_staff_see_the_piece_to_examine_beside_its_checks(portal: Portal, clock: FixedClock) -> None:
    client = await a_trial(portal, clock, START)
    nina = await a_colleague(portal)
    await give_facts(portal, client)
    await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    dossier = await any_dossier(portal, nina, client.contract_id)
    waiting = await queue(portal, nina)
    file = dossier_file(
        dossier,
        await of_dossier(portal, nina, dossier),
        to_examine(dossier),
        ("Yves Roy",),
        None,
        frozenset(),
    )
    # Who signs is not fixed before the contract is accepted: there is no identity to validate yet.
    assert (file.piece, file.can_decide, file.can_validate, file.others) == (
        "kbis",
        True,
        False,
        "Yves Roy est aussi sur ce dossier",
    )
    assert [tab.state for tab in file.tabs] == ["à recevoir", "à recevoir", "à examiner"]
    assert [(tab.label, tab.state) for tab in file.our_part] == [
        ("Identité", "à valider"),
        ("Premier mois", "à faire"),
    ]
    siren = file.checks[0]
    assert (siren.what, siren.differs, [cell.tone for cell in siren.cells]) == (
        "SIREN",
        False,
        ["quiet", "quiet", "quiet", "done", "quiet"],
    )
    holder = next(row for row in file.checks if row.what == "Titulaire du compte bancaire")
    assert [cell.value for cell in holder.cells] == ["Atelier Nord", "", "—", "", ""]
    assert (file.comparison.tone, file.comparison.text.startswith("Aucune différence")) == ("soon", True)

    await give_facts(portal, client, signatory_name="Paul Aubry")
    changed = await any_dossier(portal, nina, client.contract_id)
    rows = await of_dossier(portal, nina, changed)
    file = dossier_file(changed, rows, to_examine(changed), (), None, frozenset())
    assert (file.comparison.tone, "diffèrent\u00a0: signataire." in file.comparison.text) == ("late", True)
    assert [row.what for row in file.checks if row.differs] == ["Signataire"]
    assert plain(file.limit) == "30 jours, jusqu’au 02/04/2026 inclus"
    (row,) = [waiting_row(one) for one in waiting]
    assert plain(row.limit) == "jusqu’à la fin du jeudi 2 avril 2026 (minuit)"
    assert (row.chips, row.days.replace("\N{NO-BREAK SPACE}", " "), row.tone) == (
        ["K-bis"],
        "30 jours",
        "done",
    )
