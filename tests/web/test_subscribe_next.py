"""What `/espace/souscrire` says first: the worst news before what is missing, what is missing before what we do."""

import io
from datetime import date

import pikepdf
import pytest

from portal.contract.acts import Piece
from portal.contract.offer import Grid
from portal.contract.refusal import Refusal
from portal.services.chunks import bring_up_to_date
from portal.services.collecting import present_again
from portal.services.context import Portal, Viewer
from portal.services.dossiers import own_dossier
from portal.services.examining import accept, refuse, validate_identity
from portal.services.first_collection import own_first_month
from portal.services.first_transfer import record_transfer
from portal.services.papers import outdated_papers, paper
from portal.services.price_grids import NewGrid, publish_grid
from portal.services.refusal_reasons import READY_REASONS
from portal.web.client.subscribe_next import Limit, NextStep, limit_of, next_step_of
from tests.clock import FixedClock
from tests.payments.bank_files import GroupStatus, Status, status_report
from tests.services.clients import ORIGIN, Client, a_client, a_trial, live_until, paris
from tests.services.collected import FIRST_CENTS, FIRST_COLLECTION, FIRST_INVOICE, first_collected, take
from tests.services.dossier_lives import a_colleague
from tests.services.ended_lives import by_notice
from tests.services.paying_lives import in_force
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
from tests.web.test_subscribe_view import plain, shown

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)
NOW, NOTHING, FROM_HERE = "À faire maintenant", "Rien à faire pour l’instant", "Et maintenant"


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> Client:
    return await a_subscribing_client(portal, clock, START)


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


async def told(portal: Portal, client: Client) -> NextStep:
    dossier = await own_dossier(portal, client.viewer)
    asked = await own_first_month(portal, client.viewer, dossier.contract.state)
    return next_step_of(dossier, asked, await outdated_papers(portal, dossier), "support@prestataire.example")


async def limit(portal: Portal, client: Client) -> Limit:
    return limit_of(await own_dossier(portal, client.viewer))


async def accept_all(portal: Portal, client: Client, nina: Viewer) -> None:
    for piece, document in (await documents(portal, client)).items():
        await accept(portal, nina, client.contract_id, piece, document, ORIGIN)


async def test_a_refused_piece_is_said_first_with_its_reason_and_its_remedy(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    sent = await send(portal, client, Piece.KBIS, kbis(date(2026, 3, 2)))
    company, date_, *_ = READY_REASONS[Piece.KBIS]
    await refuse(portal, nina, client.contract_id, Piece.KBIS, sent, company, "C’est la mère.", ORIGIN)
    step = await told(portal, client)
    assert (step.when, step.title, step.href) == (NOW, "Renvoyer l’extrait K-bis", "#piece-kbis")
    assert plain(step.fact) == "Refusé le mardi 3 mars 2026."
    assert plain(step.text) == f"{company.text} C’est la mère. {company.remedy}"

    mandate = await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    unsigned, *_ = READY_REASONS[Piece.MANDATE]
    await refuse(portal, nina, client.contract_id, Piece.MANDATE, mandate, unsigned, "", ORIGIN)
    both = await told(portal, client)
    assert (both.title, both.href) == ("Renvoyer le mandat SEPA signé et l’extrait K-bis", "#piece-mandate")
    assert date_.text not in both.text


async def test_a_piece_whose_date_was_not_read_waits_for_it(portal: Portal, client: Client) -> None:
    await send(portal, client, Piece.KBIS, a_blank_page())
    step = await told(portal, client)
    assert (step.when, step.title, step.href) == (NOW, "Compléter l’extrait K-bis", "#piece-kbis")


def a_blank_page() -> bytes:
    """A page that says nothing, as a photo of which nothing could be read."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    return out.getvalue()


async def test_of_a_date_that_she_contests_the_one_that_is_printed_is_asked(
    portal: Portal, client: Client
) -> None:
    await send(portal, client, Piece.KBIS, kbis(date(2025, 12, 3)), contested=True)
    step = await told(portal, client)
    assert (plain(step.title), plain(step.text)) == (
        "Compléter l’extrait K-bis",
        "Il est arrivé, et la date que nous avons lue est fausse, selon vous : indiquez celle qui est imprimée.",
    )


async def test_a_paper_that_seems_unsigned_is_to_be_looked_at(portal: Portal, client: Client) -> None:
    printed = await paper(portal, client.viewer, Piece.MANDATE, ORIGIN)
    await send(portal, client, Piece.MANDATE, printed.pdf)
    step = await told(portal, client)
    assert (step.title, step.href) == ("Vérifier la signature\u00a0: le mandat SEPA signé", "#piece-mandate")


async def test_a_paper_signed_for_what_has_changed_since_is_to_be_signed_again(
    portal: Portal, client: Client
) -> None:
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    await give_facts(portal, client, iban=OTHER_IBAN)
    step = await told(portal, client)
    assert (step.title, step.href) == ("Renvoyer le mandat SEPA signé", "#etape-3")
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    assert (await told(portal, client)).title == "Envoyer vos pièces"


@pytest.mark.parametrize("has_printed", [True, False])
async def test_an_option_that_is_withdrawn_from_the_grid_is_to_be_chosen_again(
    portal: Portal, client: Client, nina: Viewer, clock: FixedClock, has_printed: bool
) -> None:
    await give_facts(portal, client, option_training="1")
    if has_printed:
        await paper(portal, client.viewer, Piece.CONTRACT, ORIGIN)
    without = Grid(options=tuple(one for one in Grid().options if one.code != "training"))
    await publish_grid(portal, nina, NewGrid(date(2026, 3, 4), without), ORIGIN)
    clock.move_to(paris(date(2026, 3, 5), 10))
    step = await told(portal, client)
    assert (step.when, step.title, step.href) == (NOW, "Revoir vos options", "#etape-1")
    view = await shown(portal, client)
    assert [one.value for one in view.facts][-1] == "n’est plus proposée"

    await give_facts(portal, client)
    assert (await told(portal, client)).title != "Revoir vos options"


async def test_papers_only_printed_are_printed_again_once_what_they_say_has_changed(
    portal: Portal, client: Client
) -> None:
    for piece in (Piece.CONTRACT, Piece.MANDATE):
        await paper(portal, client.viewer, piece, ORIGIN)
    await give_facts(portal, client, signatory_name="Paul Aubry")
    step = await told(portal, client)
    assert (step.title, step.href) == ("Imprimer de nouveau le contrat et le mandat SEPA", "#etape-3")
    assert "signé" not in step.text
    assert "depuis l’impression : ces papiers ne les disent plus." in plain(step.text)
    for piece in (Piece.CONTRACT, Piece.MANDATE):
        await paper(portal, client.viewer, piece, ORIGIN)
    assert (await told(portal, client)).title == "Envoyer vos pièces"


async def test_what_is_missing_is_named(portal: Portal, client: Client) -> None:
    await send(portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT))
    two = await told(portal, client)
    assert (two.title, plain(two.text)) == (
        "Envoyer vos pièces",
        "Il nous manque le mandat SEPA signé et l’extrait K-bis.",
    )
    await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE))
    one = await told(portal, client)
    assert (one.title, one.href) == ("Envoyer l’extrait K-bis", "#piece-kbis")


async def test_while_we_examine_there_is_nothing_to_do(portal: Portal, client: Client, nina: Viewer) -> None:
    await send_all(portal, client)
    examined = await told(portal, client)
    assert (examined.when, examined.href) == (NOTHING, "#etape-4")
    assert "trois pièces" in examined.text
    await accept_all(portal, client, nina)
    assert "valider l’identité" in (await told(portal, client)).text


async def test_the_first_month_is_said_with_its_amount_and_day_and_once_late_with_the_remedy(
    portal: Portal, client: Client, clock: FixedClock, nina: Viewer
) -> None:
    await send_all(portal, client)
    await accept_all(portal, client, nina)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    asked = await told(portal, client)
    assert plain(asked.text) == (
        "294,00 € TTC, prélevés le mardi 10 mars 2026. Vous n’avez rien à faire, ou vous réglez plus tôt par virement."
    )
    assert [plain(one.result) for one in (asked.why, *asked.why.also)] == ["294,00 €", "mardi 10 mars 2026"]
    await live_until(portal, clock, client, paris(date(2026, 3, 11), 9))
    assert "ne nous sont pas parvenus" in (await told(portal, client)).text
    await record_transfer(portal, nina, client.contract_id, date(2026, 3, 11), ORIGIN)
    assert (await told(portal, client)).href == "/espace/contrat"


async def test_while_the_bank_has_the_first_month_she_waits_and_pays_once(
    portal: Portal, clock: FixedClock
) -> None:
    one = (await first_collected(portal, clock)).client
    await live_until(portal, clock, one, paris(date(2026, 3, 11), 9))
    step = await told(portal, one)
    assert (step.when, "mardi 10 mars 2026 est remis à votre banque" in plain(step.text)) == (NOTHING, True)
    assert [plain(one.result) for one in step.why.also] == ["mardi 10 mars 2026"]
    view = await shown(portal, one)
    assert (view.is_with_the_bank, plain(view.first_month[-1].note)) == (
        True,
        "Remis à votre banque : nous attendons sa réponse.",
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("AM04", "votre banque a refusé leur prélèvement"),
        (
            "AC04",
            "votre mandat ne permet plus de les prélever",
        ),  # the account is closed: the mandate is blocked
    ],
)
async def test_a_first_month_that_the_bank_sent_back_is_to_be_transferred(
    portal: Portal, clock: FixedClock, reason: str, said: str
) -> None:
    one = await first_collected(portal, clock)
    rejected = Status(FIRST_COLLECTION, reason, cents=FIRST_CENTS)
    await take(portal, one.staff, status_report(GroupStatus("G", [rejected])))
    step = await told(portal, one.client)
    assert (step.when, said in step.text, "par virement" in step.text) == (NOW, True, True)
    collected = (await shown(portal, one.client)).first_month[-1]
    assert (collected.label, "réglez par virement" in collected.note) == ("Prélèvement prévu le", True)


async def test_a_first_month_presented_again_is_told_with_its_new_day(
    portal: Portal, clock: FixedClock
) -> None:
    one = await first_collected(portal, clock)
    rejected = Status(FIRST_COLLECTION, "AM04", cents=FIRST_CENTS)
    await take(portal, one.staff, status_report(GroupStatus("G", [rejected])))
    await present_again(portal, one.staff, [FIRST_INVOICE], date(2026, 3, 18), ORIGIN)
    step = await told(portal, one.client)
    assert (step.when, "mercredi 18 mars 2026" in plain(step.text)) == (NOTHING, True)


async def test_a_first_month_not_yet_invoiced_asks_for_nothing(
    portal: Portal, client: Client, clock: FixedClock, nina: Viewer
) -> None:
    await send_all(portal, client)
    clock.move_to(paris(date(2026, 3, 27), 10))
    await accept_all(portal, client, nina)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    step = await told(portal, client)
    assert (step.when, "mercredi 1er avril 2026 à 6 h 00" in plain(step.text)) == (NOTHING, True)
    assert plain(step.why.result).startswith("mercredi 1er avril 2026")


async def test_the_next_date_presses_or_what_holds_it_is_said(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    in_trial = await limit(portal, client)
    assert (in_trial.label, plain(in_trial.until)) == (
        "Le service reste ouvert",
        "Jusqu’à la fin du jeudi 2 avril 2026 (minuit)",
    )
    await live_until(portal, clock, client, paris(date(2026, 4, 10), 10))
    suspended = await limit(portal, client)
    assert (suspended.label, plain(suspended.until)) == (
        "Pour envoyer vos pièces",
        "Jusqu’à la fin du vendredi 17 avril 2026 (minuit)",
    )
    await send_all(portal, client)
    held = await limit(portal, client)
    assert (held.label, held.until) == ("Vos données", "")
    assert held.said.startswith("Gardées")


async def a_trial_of_october(portal: Portal, clock: FixedClock) -> Client:
    """The archive's last day is a Saturday: nothing is destroyed before the Tuesday."""
    return await a_trial(portal, clock, paris(date(2026, 9, 30), 10))


async def test_after_the_last_day_nothing_is_to_be_done_but_to_write(
    portal: Portal, clock: FixedClock
) -> None:
    late = await a_trial_of_october(portal, clock)
    await live_until(portal, clock, late, paris(date(2026, 11, 14), 23, 59))
    in_time = await shown(portal, late)
    assert (in_time.next_step.href, in_time.is_open) == ("#etape-1", True)

    await live_until(portal, clock, late, paris(date(2026, 11, 15), 0))
    sunday = await shown(portal, late)
    assert (sunday.next_step.when, sunday.next_step.title) == (NOW, "Nous écrire aujourd’hui")
    assert sunday.next_step.href.startswith("mailto:support@prestataire.example?subject=Mes%20donn")
    assert (sunday.headline, sunday.is_open, sunday.later) == (
        "Le délai pour souscrire est passé",
        False,
        [],
    )
    assert (sunday.limit.label, plain(sunday.limit.until)) == (
        "Avant la destruction de vos données",
        "Jusqu’à la fin du lundi 16 novembre 2026 (minuit)",
    )


async def test_while_a_held_destruction_waits_for_a_person_she_is_told_to_write(
    portal: Portal, clock: FixedClock
) -> None:
    late = await a_trial_of_october(portal, clock)
    clock.move_to(paris(date(2026, 12, 8), 10))
    await bring_up_to_date(portal, late.contract_id)
    assert (await own_dossier(portal, late.viewer)).contract.destruction_held
    assert (await told(portal, late)).title == "Nous écrire aujourd’hui"


async def test_once_the_data_is_destroyed_she_subscribes_again_or_writes(
    portal: Portal, client: Client, clock: FixedClock
) -> None:
    await live_until(portal, clock, client, paris(date(2026, 4, 25), 10))
    step = await told(portal, client)
    assert (step.when, step.title, step.href) == (FROM_HERE, "Souscrire de nouveau", "/espace/fin")
    assert step.other_href.startswith("mailto:support@prestataire.example?subject=Souscrire")
    with pytest.raises(Refusal, match="data_destroyed") as refused:
        await give_facts(portal, client)
    assert "La fin de votre contrat" in refused.value.message


async def test_once_the_contract_is_over_she_subscribes_again_or_writes(
    portal: Portal, clock: FixedClock
) -> None:
    client = await in_force(portal, clock)
    await by_notice(portal, clock, client)
    step = await told(portal, client)
    assert (step.when, step.title, step.href) == (FROM_HERE, "Souscrire de nouveau", "/espace/fin")
    assert step.other_href.startswith("mailto:support@prestataire.example?subject=Souscrire")
    with pytest.raises(Refusal, match="contract_over") as refused:
        await give_facts(portal, client)
    assert "La fin de votre contrat" in refused.value.message


async def test_whoever_has_not_accepted_the_terms_may_subscribe_at_once_or_try(
    portal: Portal, client: Client
) -> None:
    other = await a_client(portal, siren="552100554", email="paul@autre.example", legal_name="Autre")
    step = await told(portal, other)
    assert (step.href, step.other_href) == ("#acceptation", "/essai/conditions")
