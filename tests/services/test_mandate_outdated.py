"""CGV art. 8, 10.2: an accepted mandate that names the company otherwise than the contract is signed again."""

from datetime import date
from typing import Any

import pytest

from portal.contract.acts import Piece
from portal.contract.offer import Grid
from portal.contract.refusal import Refusal
from portal.contract.state import Examination, Relationship
from portal.documents.crosscheck import Agreement, Source, What
from portal.services import pieces
from portal.services.context import Portal, Viewer
from portal.services.crosschecks import of_dossier
from portal.services.dossier_forms import Known, read_subscription
from portal.services.dossier_saving import save_subscription
from portal.services.dossiers import any_dossier, own_dossier
from portal.services.examining import accept, queue, refuse, validate_identity
from portal.services.mandates import Standing, own_mandates
from portal.services.papers import outdated_papers
from portal.services.piece_keeping import Kept, keep
from portal.services.refusal_reasons import READY_REASONS
from portal.web.client.pieces_view import piece_card
from portal.web.staff.dossier_views import DossierFile, dossier_file
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, SIREN, Client, paris
from tests.services.dossier_lives import a_colleague
from tests.services.subscribing import a_subscribing_client, documents, send, send_all, signed, subscription
from tests.web.test_subscribe_view import shown


@pytest.fixture
async def nina(portal: Portal) -> Viewer:
    return await a_colleague(portal)


@pytest.fixture
async def client(portal: Portal, clock: FixedClock, nina: Viewer) -> Client:
    """A client whose contract is refused for a wrong name, once her mandate and her extract are accepted."""
    client = await a_subscribing_client(portal, clock, paris(date(2026, 3, 3), 10))
    sent = await send_all(portal, client)
    for piece in (Piece.MANDATE, Piece.KBIS):
        await accept(portal, nina, client.contract_id, piece, sent[piece], ORIGIN)
    reason = READY_REASONS[Piece.CONTRACT][0]
    await refuse(portal, nina, client.contract_id, Piece.CONTRACT, sent[Piece.CONTRACT], reason, "", ORIGIN)
    return client


async def to_sign_again(portal: Portal, client: Client) -> frozenset[Piece]:
    return await outdated_papers(portal, await own_dossier(portal, client.viewer))


async def give_facts_again(portal: Portal, client: Client, **typed: str) -> None:
    """Correct the first step only: the account is settled with its accepted mandate."""
    changed = typed or {"legal_name": "Atelier du Nord"}
    wished = read_subscription(subscription(**changed), Known(SIREN, Grid(), 1))
    await save_subscription(portal, client.viewer, wished, ORIGIN)


async def send_signed(portal: Portal, client: Client, piece: Piece) -> str:
    return await send(portal, client, piece, await signed(portal, client, piece))


async def accept_last(portal: Portal, nina: Viewer, client: Client, piece: Piece) -> None:
    await accept(portal, nina, client.contract_id, piece, (await documents(portal, client))[piece], ORIGIN)


async def test_an_accepted_mandate_that_still_says_what_the_dossier_says_is_not_asked_for_again(
    portal: Portal, client: Client
) -> None:
    assert await to_sign_again(portal, client) == set()
    with pytest.raises(Refusal, match="document_already_accepted"):
        await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE) + b"\n% again")


@pytest.mark.parametrize(
    "typed", [{"capital": "20 000 €"}, {"rcs_city": "Lille"}, {"vat_number": "FR44732829320"}]
)
async def test_what_a_mandate_does_not_say_may_change_beside_it(
    portal: Portal, client: Client, nina: Viewer, typed: dict[str, str]
) -> None:
    """Only the contract says it: that is what she signs again."""
    await give_facts_again(portal, client, **typed)
    assert await to_sign_again(portal, client) == {Piece.CONTRACT}
    await send_signed(portal, client, Piece.CONTRACT)
    await accept_last(portal, nina, client, Piece.CONTRACT)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    state = (await own_dossier(portal, client.viewer)).contract.state
    assert state.relationship is Relationship.AWAITING_PAYMENT


async def test_a_company_named_otherwise_signs_its_accepted_mandate_again(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    await give_facts_again(portal, client)
    assert await to_sign_again(portal, client) == {Piece.CONTRACT, Piece.MANDATE}
    card = piece_card(await own_dossier(portal, client.viewer), Piece.MANDATE, is_outdated=True)
    assert (card.state, card.closed) == ("À signer de nouveau", "")

    dossier = await any_dossier(portal, nina, client.contract_id)
    [names] = [row for row in await of_dossier(portal, nina, dossier) if row.what is What.NAME]
    [said] = [cell for cell in names.cells if cell.source is Source.MANDATE]
    assert said.agreement is not Agreement.SAME

    await send_signed(portal, client, Piece.CONTRACT)
    await accept_last(portal, nina, client, Piece.CONTRACT)
    with pytest.raises(Refusal, match="mandate_outdated"):
        await validate_identity(portal, nina, client.contract_id, ORIGIN)

    await send_signed(portal, client, Piece.MANDATE)
    assert await to_sign_again(portal, client) == set()
    await accept_last(portal, nina, client, Piece.MANDATE)
    await validate_identity(portal, nina, client.contract_id, ORIGIN)
    state = (await own_dossier(portal, client.viewer)).contract.state
    assert state.relationship is Relationship.AWAITING_PAYMENT
    assert [(one.reference[-2:], one.standing) for one in await own_mandates(portal, client.viewer)] == [
        ("M2", Standing.GOOD),
        ("M1", Standing.REPLACED),
    ]


async def test_until_it_is_signed_again_everybody_is_told_that_the_dossier_waits_for_the_client(
    portal: Portal, client: Client, nina: Viewer
) -> None:
    """The contract with the new name is accepted: all that staff asked for is, but one mandate names another."""
    await give_facts_again(portal, client)
    await send_signed(portal, client, Piece.CONTRACT)
    (waiting,) = await queue(portal, nina)
    assert (waiting.pieces, waiting.waits_for_us, waiting.met) == ((Piece.CONTRACT,), True, 1)
    await accept_last(portal, nina, client, Piece.CONTRACT)

    view = await shown(portal, client)
    assert [one.state for one in view.conditions] == ["fait", "à refaire", "fait", "notre part", "à faire"]
    assert (view.met, view.conditions[1].since) == (2, "")
    (waiting,) = await queue(portal, nina)
    assert (waiting.identity, waiting.waits_for_us, waiting.met) == (False, False, 2)
    file = await shown_to_staff(portal, nina, client)
    assert [one.state for one in file.tabs] == ["accepté", "à signer de nouveau", "accepté"]
    assert (file.card.state, file.can_validate, file.waits_for_mandate) == (
        "À signer de nouveau",
        False,
        True,
    )

    await send_signed(portal, client, Piece.MANDATE)
    assert (await shown(portal, client)).conditions[1].state == "en cours"
    file = await shown_to_staff(portal, nina, client)
    assert (file.tabs[1].state, file.can_validate, file.waits_for_mandate) == ("à examiner", True, False)
    await accept_last(portal, nina, client, Piece.MANDATE)
    (waiting,) = await queue(portal, nina)
    assert (waiting.identity, waiting.met) == (True, 3)


async def test_an_accepted_mandate_is_not_replaced_where_another_tab_gives_the_old_name_back_meanwhile(
    portal: Portal, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await give_facts_again(portal, client)
    mandate = await signed(portal, client, Piece.MANDATE)

    async def keep_while_she_saves(*kept: Any) -> Kept:
        await give_facts_again(portal, client, legal_name="Atelier Nord")
        return await keep(*kept)

    monkeypatch.setattr(pieces, "keep", keep_while_she_saves)
    with pytest.raises(Refusal, match="outdated_printing"):
        await send(portal, client, Piece.MANDATE, mandate)
    dossier = await own_dossier(portal, client.viewer)
    assert dossier.contract.state.documents[Piece.MANDATE].examination is Examination.ACCEPTED
    assert Piece.MANDATE not in await to_sign_again(portal, client)


async def shown_to_staff(portal: Portal, nina: Viewer, client: Client) -> DossierFile:
    """The dossier as staff see it, with its mandate in front."""
    dossier = await any_dossier(portal, nina, client.contract_id)
    rows, outdated = await of_dossier(portal, nina, dossier), await outdated_papers(portal, dossier)
    return dossier_file(dossier, rows, Piece.MANDATE, (), None, outdated)
