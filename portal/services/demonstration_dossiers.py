"""The demonstration's dossiers: printed, signed on a specimen, sent and examined by the very acts of a real one."""

import asyncio
import heapq
import tempfile
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from portal.contract.acts import Piece
from portal.contract.billing import first_month_persons, first_month_users
from portal.contract.calendar import paris_day, paris_instant
from portal.contract.deadlines import next_due
from portal.documents.specimens import Incorporated, kbis_specimen, signed_specimen
from portal.services import examining
from portal.services.arrivals import begin, over
from portal.services.chunks import bring_up_to_date
from portal.services.context import Origin, Portal, Role, Viewer
from portal.services.demonstration_clients import Invented, Sending
from portal.services.dossier_forms import Known, read_account_form, read_subscription
from portal.services.dossier_saving import save_account, save_subscription
from portal.services.dossiers import own_dossier
from portal.services.first_month import first_invoice
from portal.services.first_transfer import record_transfer
from portal.services.papers import expected, paper
from portal.services.piece_keeping import Sent
from portal.services.pieces import receive
from portal.services.reading import own_contract
from portal.services.refusal_reasons import READY_REASONS

ORIGIN: Final = Origin("192.0.2.10", "Démonstration")
STAFF: Final = Viewer("demonstration", Role.STAFF, None, "demonstration")
_IBAN: Final = "FR7630006000011234567890189"
_FORMS: Final = {
    "SAS": "Société par actions simplifiée",
    "SARL": "Société à responsabilité limitée",
    "SELARL": "Société d’exercice libéral à responsabilité limitée",
}
_FILES: Final = {Piece.CONTRACT: "Contrat signé", Piece.MANDATE: "Mandat signé", Piece.KBIS: "K-bis"}
_CAPACITIES: Final = {"SAS": "Président", "SARL": "Gérant", "SELARL": "Gérant"}


class Turns:
    """Lives that take turns: whoever is furthest in the past goes on, so that what they do happens in order."""

    def __init__(self, lives: int) -> None:
        self._alive = lives
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._asked = 0

    async def reach(self, instant: datetime) -> None:
        """Wait until no other life has anything left to do before `instant`."""
        turn = asyncio.get_running_loop().create_future()
        self._asked += 1
        heapq.heappush(self._waiting, (instant, self._asked, turn))
        self._give()
        await turn

    def over(self) -> None:
        """Say that a life has come to its end."""
        self._alive -= 1
        self._give()

    def _give(self) -> None:
        if self._waiting and len(self._waiting) == self._alive:
            heapq.heappop(self._waiting)[2].set_result(None)


class StillClock:
    """A clock that stands at an instant of the past while a client lives through it."""

    def __init__(self, instant: datetime, turns: Turns) -> None:
        self.instant = instant
        self._turns = turns

    def now(self) -> datetime:
        return self.instant

    async def move_to(self, instant: datetime) -> None:
        """Go on to an instant, once every other life has come as far."""
        await self._turns.reach(instant)
        self.instant = instant


@dataclass(frozen=True, slots=True)
class Life:
    """A client who lives through the past, up to `now`; `portal` has her clock."""

    portal: Portal
    clock: StillClock
    viewer: Viewer
    contract_id: str
    now: datetime

    async def until(self, end: datetime) -> None:
        """Let her live on to `end`, stopping at each deadline as a clock that never stopped would."""
        while True:
            due = next_due((await own_contract(self.portal, self.viewer)).state)
            if due is None or due.at > end:
                break
            await self.clock.move_to(due.at)
            await bring_up_to_date(self.portal, self.contract_id)
        await self.clock.move_to(max(end, self.clock.instant))

    async def until_day(self, days_ago: int, hour: int) -> None:
        """Let her live on to an hour of the day that was so many days ago."""
        day = paris_day(self.now) - timedelta(days=days_ago)
        await self.until(min(paris_instant(day, time(hour, 24)), self.now))


async def subscribe(life: Life, client: Invented, sending: Sending) -> None:
    """Let a client send her dossier, and staff do their part, on the days that `sending` says."""
    await life.until_day(sending.days_ago, 11)
    await _give_facts(life, client)
    await asyncio.gather(*[_send(life, client, piece) for piece in sending.pieces])
    if sending.refused is not None:
        await life.until_day(sending.days_ago - 1, 15)
        await _examine(life, sending.refused)
    if sending.validated_days_ago is not None:
        await life.until_day(sending.validated_days_ago, 10)
        await _examine(life)
        await examining.validate_identity(life.portal, STAFF, life.contract_id, ORIGIN)
    if sending.paid_days_ago is not None:
        await _pay(life, sending.paid_days_ago)


async def _give_facts(life: Life, client: Invented) -> None:
    contract = await own_contract(life.portal, life.viewer)
    typed = {
        "legal_name": client.legal_name,
        "legal_form": client.legal_form,
        "street": client.street,
        "postcode": client.postcode,
        "city": client.city,
        "capital": "10 000 €",
        "rcs_city": client.city,
        "vat_number": "",
        "signatory_name": f"{client.admin.first_name} {client.admin.last_name}",
        "signatory_capacity": _CAPACITIES[client.legal_form],
        "users": str(first_month_users(contract.state)),
    }
    known = Known(client.siren, contract.state.offer.grid, len(first_month_persons(contract.state)))
    await save_subscription(life.portal, life.viewer, read_subscription(typed, known), ORIGIN)
    account = read_account_form({"holder": client.legal_name, "iban": _IBAN, "bic": ""})
    await save_account(life.portal, life.viewer, account, ORIGIN)


async def _send(life: Life, client: Invented, piece: Piece) -> None:
    content = await _specimen(life, client, piece)
    arrival = await begin(life.portal, life.viewer, piece)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        path = Path(file.name)
        await asyncio.to_thread(path.write_bytes, content)
        sent = Sent(path, f"{_FILES[piece]} {client.legal_name}.pdf")
        await receive(life.portal, life.viewer, arrival, piece, [sent], ORIGIN)
    await over(life.portal, arrival)


async def _specimen(life: Life, client: Invented, piece: Piece) -> bytes:
    if piece is Piece.KBIS:
        dated = paris_day(life.clock.instant) - timedelta(days=9)
        return await asyncio.to_thread(kbis_specimen, _incorporated(client), dated, at=life.clock.instant)
    printed = await paper(life.portal, life.viewer, piece, ORIGIN)
    async with life.portal.database.reading() as connection:
        latest, *_ = await expected(life.portal, connection, life.contract_id, piece)
    return await asyncio.to_thread(signed_specimen, printed.pdf, latest.box)


def _incorporated(client: Invented) -> Incorporated:
    return Incorporated(
        siren=client.siren,
        name=client.legal_name.upper(),
        legal_form=_FORMS[client.legal_form],
        capital="10 000,00 Euros",
        address=f"{client.street} {client.postcode} {client.city}",
        greffe=client.city,
        capacity=_CAPACITIES[client.legal_form],
        director=f"{client.admin.last_name.upper()} {client.admin.first_name}",
    )


async def _examine(life: Life, refused: Piece | None = None) -> None:
    """Let staff accept every piece but one, which they refuse for the first ready reason."""
    dossier = await own_dossier(life.portal, life.viewer)
    for piece in Piece:
        version = dossier.current(piece)
        if version is None:
            continue
        target = (life.portal, STAFF, life.contract_id, piece, version.document)
        if piece is refused:
            await examining.refuse(*target, READY_REASONS[piece][1], "", ORIGIN)
        else:
            await examining.accept(*target, ORIGIN)


async def _pay(life: Life, days_ago: int) -> None:
    """Record the first month's transfer, and what was due since: on the day, or when its invoice has come."""
    await life.until_day(days_ago, 14)
    while first_invoice((await own_contract(life.portal, life.viewer)).state) is None:
        due = next_due((await own_contract(life.portal, life.viewer)).state)
        if due is None or due.at > life.now:
            return
        await life.until(due.at)
    day = paris_day(life.clock.instant)
    await record_transfer(life.portal, STAFF, life.contract_id, day, ORIGIN)
