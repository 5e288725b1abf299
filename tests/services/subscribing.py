"""Clients who subscribe, for tests: facts given, papers printed and signed, an extract, each sent as a file."""

import io
from dataclasses import replace
from datetime import date, datetime

import pikepdf

from portal.contract.acts import Piece
from portal.contract.calendar import paris_day
from portal.contract.offer import Grid
from portal.services import papers, pieces
from portal.services.arrivals import Arrival, begin, over
from portal.services.context import Portal
from portal.services.dossier_forms import Known, read_account_form, read_subscription
from portal.services.dossier_saving import save_account, save_subscription
from portal.services.dossiers import own_dossier
from portal.services.piece_keeping import Sent
from tests.clock import FixedClock
from tests.documents.extracts.companies import COMPANIES, Company
from tests.documents.extracts.layouts import infogreffe, older_greffe
from tests.documents.stamped import stamped
from tests.lived import lived_once
from tests.services.clients import ORIGIN, SIREN, Client, a_trial

IBAN, OTHER_IBAN = "FR76 3000 6000 0112 3456 7890 189", "FR14 2004 1010 0505 0001 3M02 606"
COMPANY: Company = replace(
    COMPANIES[0], siren=SIREN, name="ATELIER NORD", street="14 rue du Port", town="59140 Dunkerque"
)


def subscription(**typed: str) -> dict[str, str]:
    """What a client types in the first step."""
    return {
        "legal_name": "Atelier Nord",
        "legal_form": "SAS",
        "street": "14 rue du Port",
        "postcode": "59140",
        "city": "Dunkerque",
        "capital": "10 000 €",
        "rcs_city": "Dunkerque",
        "vat_number": "",
        "signatory_name": "Élodie Marchand",
        "signatory_capacity": "Présidente",
        "users": "7",
        **typed,
    }


async def give_facts(portal: Portal, client: Client, *, iban: str = IBAN, **typed: str) -> None:
    """Go through the two first steps."""
    known = Known(SIREN, Grid(), 1)
    await save_subscription(portal, client.viewer, read_subscription(subscription(**typed), known), ORIGIN)
    form = read_account_form({"holder": "Atelier Nord", "iban": iban, "bic": ""})
    await save_account(portal, client.viewer, form, ORIGIN)


@lived_once
async def a_subscribing_client(portal: Portal, clock: FixedClock, started: datetime, **typed: str) -> Client:
    """Make a client in her trial who has gone through the two first steps."""
    client = await a_trial(portal, clock, started)
    await give_facts(portal, client, **typed)
    return client


async def signed(portal: Portal, client: Client, piece: Piece, *, leave_out: int | None = None) -> bytes:
    """Print a paper and sign it."""
    printed = await papers.paper(portal, client.viewer, piece, ORIGIN)
    async with portal.database.reading() as connection:
        latest, *_ = await papers.expected(portal, connection, client.contract_id, piece)
    return stamped(printed.pdf, latest.box, leave_out=leave_out)


def kbis(dated: date, company: Company = COMPANY) -> bytes:
    return infogreffe(company, dated)


def an_unsure_kbis(dated: date, siren: str = SIREN) -> bytes:
    """An extract whose number was misread once: what is read of it is not sure."""
    return older_greffe(replace(COMPANY, siren=siren.replace("0", "O")), dated)


def with_a_broken_table(content: bytes) -> bytes:
    """A PDF that ends as it should and says wrongly where its objects are, as some scanners write them."""
    head, mark, _ = content.rpartition(b"startxref")
    return head + mark + b"\n7\n%%EOF\n"


def blank_page() -> bytes:
    """A PDF of one empty page: nothing can be read of it."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        pdf.save(out)
    return out.getvalue()


async def send(
    portal: Portal,
    client: Client,
    piece: Piece,
    *contents: bytes,
    name: str = "document.pdf",
    contested: bool = False,
) -> str:
    """Send a piece as the browser does, and return the version's id."""
    arrival = await begin(portal, client.viewer, piece)
    try:
        return await receive(portal, client, arrival, piece, *contents, name=name, contested=contested)
    finally:
        await over(portal, arrival)


async def receive(
    portal: Portal,
    client: Client,
    arrival: Arrival,
    piece: Piece,
    *contents: bytes,
    name: str = "document.pdf",
    contested: bool = False,
) -> str:
    """Receive a piece whose request began before."""
    folder = portal.settings.data / "sent"
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{arrival.id}-{number}" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    sent = [Sent(path, name if len(paths) == 1 else f"{number}-{name}") for number, path in enumerate(paths)]
    return await pieces.receive(portal, client.viewer, arrival, piece, sent, ORIGIN, contested=contested)


async def send_all(portal: Portal, client: Client, *, siren: str = SIREN) -> dict[Piece, str]:
    """Send the three pieces of a clean dossier; return their versions."""
    return {
        Piece.CONTRACT: await send(
            portal, client, Piece.CONTRACT, await signed(portal, client, Piece.CONTRACT)
        ),
        Piece.MANDATE: await send(portal, client, Piece.MANDATE, await signed(portal, client, Piece.MANDATE)),
        Piece.KBIS: await send(
            portal, client, Piece.KBIS, kbis(paris_day(portal.now()), replace(COMPANY, siren=siren))
        ),
    }


async def documents(portal: Portal, client: Client) -> dict[Piece, str]:
    """Return the documents that are looked at, by piece."""
    dossier = await own_dossier(portal, client.viewer)
    return {piece: one.document for piece in Piece if (one := dossier.current(piece))}
