"""`/espace/contrat`: what it says at each stage, what is imagined, and what cannot be taken of what was typed."""

from collections.abc import AsyncIterator
from datetime import date

import pytest
import sqlalchemy as sa

from portal.contract import acts as a
from portal.records.tables import events
from portal.services.conditions import publish_demonstration
from portal.services.context import Portal
from portal.services.forms import FormProblems
from portal.services.reading import own_contract
from portal.web import running
from portal.web.client.contract_state import ContractState
from portal.web.client.what_if_form import choices, read_wish
from portal.web.components.shapes import Figure
from tests.clock import FixedClock
from tests.services.clients import Client, a_client, act, live_until, paris, start_trial
from tests.services.contracts import a_contract
from tests.services.noticed import a_numbered_contract, post_notice
from tests.web.events import Tab, a_tab
from tests.web.test_invoices_view import plain

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
HERE = "/espace/contrat"


@pytest.fixture
async def client(portal: Portal, clock: FixedClock) -> AsyncIterator[Client]:
    """In force since 17 March 2026, looked at on 1 June, nothing being late."""
    running.run_with(portal)
    found, _ = await a_contract(portal, clock)
    await live_until(portal, clock, found, paris(date(2026, 6, 1), 10))
    await act(portal, found, a.SettleEverything())
    yield found
    running.run_with(None)


@pytest.fixture
async def tab(portal: Portal, client: Client) -> Tab:
    opened = await a_tab(portal, client)
    await opened.send(ContractState.load, at=HERE)
    return opened


def said(figures: list[Figure]) -> list[tuple[str, str]]:
    return [(plain(one.label), plain(one.value)) for one in figures]


async def test_the_contract_at_a_glance(tab: Tab) -> None:
    view = tab.state(ContractState).view
    assert plain(view.headline) == "Votre contrat court jusqu’au 16 mars 2027"
    assert said(view.term) == [
        ("En vigueur depuis le", "mardi 17 mars 2026"),
        ("Dernier jour de la période", "mardi 16 mars 2027"),
        ("Puis reconduit pour un an, jusqu’au", "jeudi 16 mars 2028"),
        ("Résiliation à poster au plus tard le", "mardi 16 février 2027"),
    ]
    assert all(one.why.clause for one in view.term)
    assert said(view.price) == [
        ("Par utilisateur et par mois, hors taxes", "49,00 €"),
        ("Utilisateurs", "5 utilisateurs"),
        ("Un mois entier, hors taxes", "245,00 €"),
        ("TVA à 20 %", "49,00 €"),
        ("Un mois entier, TTC", "294,00 €"),
    ]
    assert [(one.name, plain(one.since)) for one in view.people] == [
        ("Anne Leroy", "depuis le mardi 17 mars 2026")
    ]
    assert (view.terms_version, plain(view.accepted)) == (
        "2026-01",
        "Acceptées le mercredi 4 mars 2026 à 10 h 00 par Anne Leroy",
    )
    assert view.step.href == "/espace/resiliation"
    assert [mark.tone for mark in view.marks].count("today") == 1
    invoice = next(one for one in view.marks if one.title.startswith("Facture"))
    assert invoice.why is not None
    assert [plain(also.result) for also in invoice.why.also] == ["294,00 €", "mercredi 11 mars 2026"]
    assert all(one.why is None for one in view.drawn)


async def test_what_can_still_be_refused_comes_first(portal: Portal, client: Client, tab: Tab) -> None:
    await act(portal, client, a.AnnouncePrice(user_month_cents=5200))
    await tab.send(ContractState.load, at=HERE)
    step = tab.state(ContractState).view.step
    assert (plain(step.title), step.href, plain(step.due.value)) == (
        "Comparer les nouveaux tarifs avec les vôtres",
        "/espace/changements",
        "fin du mardi 16 mars 2027 (minuit)",
    )
    assert step.due.why.clause == "17"
    await act(portal, client, a.RefuseChange(what="price"))
    await tab.send(ContractState.load, at=HERE)
    view = tab.state(ContractState).view
    assert plain(view.headline) == "Votre contrat finit le 16 mars 2027"
    assert plain(view.lead) == "Il ne sera pas reconduit : vous avez refusé un changement annoncé."
    assert (plain(view.step.title), view.step.href, view.step.when) == (
        "Revenir sur votre refus, si vous le souhaitez",
        "/espace/changements",
        "En cours",
    )


async def test_a_notice_in_course_and_the_end(
    portal: Portal, clock: FixedClock, client: Client, tab: Tab
) -> None:
    await act(portal, client, a.ServeNotice(by="vendor"))
    await tab.send(ContractState.load, at=HERE)
    view = tab.state(ContractState).view
    assert (view.step.title, view.step.when) == ("Lire notre résiliation", "En cours")
    assert said(view.term)[-2:] == [
        ("Fin du contrat", "mardi 16 mars 2027"),
        ("La résiliation peut être retirée jusqu’au", "mardi 16 février 2027"),
    ]
    await live_until(portal, clock, client, paris(date(2027, 3, 18), 10))
    await tab.send(ContractState.load, at=HERE)
    view = tab.state(ContractState).view
    assert (plain(view.headline), view.step.href) == (
        "Votre contrat a pris fin le 16 mars 2027",
        "/espace/fin",
    )
    assert (view.is_ended, view.price, view.choices) == (True, [], [])


async def test_in_its_second_term_it_says_which_one(
    portal: Portal, clock: FixedClock, client: Client, tab: Tab
) -> None:
    await live_until(portal, clock, client, paris(date(2027, 3, 18), 10))
    await tab.send(ContractState.load, at=HERE)
    assert said(tab.state(ContractState).view.term)[1] == (
        "Période en cours, la 2e, depuis le",
        "mercredi 17 mars 2027",
    )


async def test_before_a_contract_the_page_says_what_will_be_there(portal: Portal, clock: FixedClock) -> None:
    running.run_with(portal)
    clock.move_to(paris(date(2026, 3, 4), 10))

    await publish_demonstration(portal)
    prospect = await a_client(portal)
    tab = await a_tab(portal, prospect)
    await tab.send(ContractState.load, at=HERE)
    view = tab.state(ContractState).view
    assert (view.headline, view.is_in_force, view.empty_href) == ("Votre contrat sera ici", False, "/cgv")
    await start_trial(portal, prospect)
    await tab.send(ContractState.load, at=f"{HERE}?et-si=resilier&nombre=1&jour=2026-06-01")
    assert tab.state(ContractState).view.empty_href == "/espace/souscrire"
    assert tab.state(ContractState).imagined.title == ""
    running.run_with(None)


# --- what is imagined ------------------------------------------------------------------------------


async def test_a_notice_is_imagined_and_kept_in_the_address(portal: Portal, client: Client, tab: Tab) -> None:
    async def recorded() -> int:
        async with portal.database.reading() as connection:
            return int(await connection.scalar(sa.select(sa.func.count()).select_from(events)) or 0)

    before = await recorded()
    leads = await tab.send(
        ContractState.imagine, {"et-si": "resilier", "nombre": "1", "jour": "2026-07-01"}, at=HERE
    )
    assert f"{HERE}?et-si=resilier&nombre=1&jour=2026-07-01" in leads
    shown = tab.state(ContractState).imagined
    assert plain(shown.title) == "Résilier, le mercredi 1er juillet 2026"
    assert [(plain(one.title), one.what) for one in shown.moves] == [
        ("Dernier instant pour résilier à la fin de la période", "n’a plus lieu"),
        ("Le contrat est reconduit, jusqu’au jeudi 16 mars 2028.", "n’a plus lieu"),
        ("Le contrat finit le mardi 16 mars 2027 (résiliation).", "nouveau"),
        ("Les données sont détruites définitivement.", "nouveau"),
        ("Dernier instant pour demander vos données", "nouveau"),
    ]
    assert all(one.before_why.clause or one.after_why.clause for one in shown.moves)
    # A title that names a day explains it too.
    assert [
        (plain(one.title_why.result), one.title_why.clause) for one in shown.moves if one.title_why.clause
    ] == [("jeudi 16 mars 2028", "9")]
    changed = [
        (one.month.replace("\u00a0", " "), plain(one.before), plain(one.after), plain(one.difference))
        for one in shown.invoices
        if one.difference
    ]
    assert changed == [
        ("mars 2027", "294,00 €", "151,74 €", "−142,26 €"),
        ("avril 2027", "294,00 €", "aucune", "−294,00 €"),
        ("mai 2027", "294,00 €", "aucune", "−294,00 €"),
    ]
    assert {mark.tone for mark in shown.after_marks} == {"today", "handle", "moved"}
    assert "gone" in {mark.tone for mark in shown.before_marks}
    assert await recorded() == before
    # The address alone says it again, in another tab.
    other = await a_tab(portal, client)
    await other.send(ContractState.load, at=f"{HERE}?et-si=resilier&nombre=1&jour=2026-07-01")
    assert other.state(ContractState).imagined == shown


async def test_a_refusal_is_told_in_words_and_forgotten(tab: Tab) -> None:
    await tab.send(ContractState.imagine, {"et-si": "retirer", "nombre": "2", "jour": "2026-06-01"}, at=HERE)
    shown = tab.state(ContractState).imagined
    assert "au moins 5 utilisateurs" in plain(shown.refusal)
    assert (shown.sentence, shown.moves) == ("", [])
    await tab.send(ContractState.forget, at=HERE)
    assert tab.state(ContractState).imagined.title == ""


async def test_a_late_payment_says_what_it_costs_where_that_is_known(
    portal: Portal, clock: FixedClock, tab: Tab
) -> None:
    """In July 2026 the legal rate of the half-year is not known to the portal."""
    late = {"et-si": "payer-tard", "nombre": "20", "jour": "2026-06-01"}
    await tab.send(ContractState.imagine, late, at=HERE)
    costs = tab.state(ContractState).imagined.costs
    assert (plain(costs.value), costs.why.clause) == ("des pénalités et une indemnité", "")
    await tab.send(
        ContractState.imagine, {"et-si": "ne-pas-payer", "nombre": "1", "jour": "2026-06-01"}, at=HERE
    )
    assert tab.state(ContractState).imagined.costs == Figure()


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"et-si": "voler", "nombre": "1", "jour": "2026-07-01"}, {"et-si"}),
        ({"et-si": "ajouter", "nombre": "0", "jour": "2026-07-01"}, {"nombre"}),
        ({"et-si": "ajouter", "nombre": "-3", "jour": "2026-07-01"}, {"nombre"}),
        ({"et-si": "option:start", "nombre": "deux", "jour": "2026-07-01"}, {"nombre"}),
        ({"et-si": "resilier", "nombre": "", "jour": "2026-05-31"}, {"jour"}),
        ({"et-si": "resilier", "nombre": "", "jour": "2031-01-01"}, {"jour"}),
        ({"et-si": "resilier", "nombre": "", "jour": "31/02/2027"}, {"jour"}),
        ({"et-si": "option:yacht", "nombre": "1", "jour": ""}, {"et-si", "jour"}),
        ({}, {"et-si", "jour"}),
    ],
)
async def test_what_cannot_be_imagined_says_how_to_mend_it(
    portal: Portal, client: Client, typed: dict[str, object], wrong: set[str]
) -> None:
    contract = await own_contract(portal, client.viewer)
    with pytest.raises(FormProblems) as problems:
        read_wish(typed, contract.state, contract.at)
    assert set(problems.value.errors) == wrong
    assert problems.value.kept["et-si"] == str(typed.get("et-si", ""))


async def test_what_makes_no_sense_is_not_offered(portal: Portal, client: Client) -> None:
    def offered(contract_state: object) -> set[str]:
        return {one.value for one in choices(contract_state, portal.now())}  # type: ignore[arg-type]

    state = (await own_contract(portal, client.viewer)).state
    assert {"resilier", "ajouter", "payer-tard"} <= offered(state)
    assert not offered(state) & {"reprendre", "refuser:price"}
    await act(portal, client, a.AnnouncePrice(user_month_cents=5200), a.ServeNotice(by="client"))
    state = (await own_contract(portal, client.viewer)).state
    assert {"reprendre", "refuser:price"} <= offered(state)
    assert "resilier" not in offered(state)
    # A day may be written in French as well.
    typed = {"et-si": "reprendre", "nombre": "", "jour": "01/07/2026"}
    assert plain(read_wish(typed, state, portal.now()).said) == (
        "Retirer la résiliation, le mercredi 1er juillet 2026"
    )


async def test_the_letter_that_ends_it_is_among_the_papers(portal: Portal, clock: FixedClock) -> None:
    running.run_with(portal)
    client = await a_numbered_contract(portal, clock, paris(date(2027, 2, 9), 9))
    tab = await a_tab(portal, client)
    await tab.send(ContractState.load, at=HERE)
    before = [one.title for one in tab.state(ContractState).view.papers]
    await post_notice(portal, client, date(2027, 2, 8))
    await tab.send(ContractState.load, at=HERE)
    *others, letter = tab.state(ContractState).view.papers
    assert [one.title for one in others] == before
    assert (letter.title, letter.href, plain(letter.note)) == (
        "Votre lettre de résiliation",
        "/espace/resiliation/lettre.pdf",
        "postée le lundi 8 février 2027, suivi 1A23456789012",
    )
    running.run_with(None)
