"""What staff see of a piece that its sender typed for us: who says it, and how sure it is (CGV art. 8)."""

from datetime import date

import pytest

from portal.contract.acts import Piece
from portal.services.context import Portal
from portal.services.crosschecks import of_dossier
from portal.services.dossiers import any_dossier
from portal.services.piece_corrections import Correction
from portal.services.pieces import correct
from portal.web.staff.dossier_views import CheckCell, DossierFile, dossier_file
from tests.clock import FixedClock
from tests.services.clients import ORIGIN, SIREN, Client, paris
from tests.services.dossier_lives import a_colleague
from tests.services.noticed import plain
from tests.services.subscribing import a_subscribing_client, blank_page, send

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
START = paris(date(2026, 3, 3), 10)


async def shown(portal: Portal, client: Client) -> DossierFile:
    """The dossier as staff see it, with its K-bis in front."""
    nina = await a_colleague(portal)
    dossier = await any_dossier(portal, nina, client.contract_id)
    return dossier_file(dossier, await of_dossier(portal, nina, dossier), Piece.KBIS, (), None, frozenset())


def number_on_the_kbis(file: DossierFile) -> CheckCell:
    return next(row for row in file.checks if row.what == "SIREN").cells[3]


async def test_what_the_client_typed_is_compared_and_said_to_be_typed(
    portal: Portal, clock: FixedClock
) -> None:
    client = await a_subscribing_client(portal, clock, START)
    version = await send(portal, client, Piece.KBIS, blank_page())
    typed = Correction(dated=date(2026, 2, 16), siren=SIREN)
    await correct(portal, client.viewer, version, typed, ORIGIN)

    file = await shown(portal, client)

    cell = number_on_the_kbis(file)
    assert (plain(cell.value), cell.agreement, cell.tone) == (
        "732 829 320",
        "identique, saisi par le client",
        "soon",
    )
    lines = {line.label: (plain(line.text), plain(line.fact), line.tone) for line in file.card.version.lines}
    assert lines["SIREN"] == ("732 829 320", "non lu, saisi par le client", "soon")
    assert lines["À jour au"] == ("lundi 16 février 2026", "non lu, saisi par le client", "soon")
    assert lines["Pièce"][0] == "Pas reconnu comme un extrait K-bis : voyez le fichier"
