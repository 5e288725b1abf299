"""Files handed over: the terms as PDF for anyone, a client's own papers to sign, and her dates as a calendar."""

from functools import lru_cache

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.contract.refusal import Refusal
from portal.documents.terms import parse_terms
from portal.documents.terms_pdf import terms_pdf
from portal.outside.unavailable import Unavailable
from portal.services.agenda import agenda
from portal.services.conditions import edition
from portal.services.context import NotFound, Role
from portal.services.papers import PRINTED, paper
from portal.services.reading import own_contract
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

_CONFLICT, _LATER = 409, 503
_PRINTED = {piece.value: piece for piece in PRINTED}


async def terms_paper(request: Request) -> Response:
    """Hand over a version of the terms as PDF."""
    async with portal().database.reading() as connection:
        try:
            found = await edition(connection, request.path_params["version"])
        except NotFound:
            return not_found()
    # A published text never changes, so neither does its paper.
    paper = await anyio.to_thread.run_sync(_paper, found.text, found.sha256)
    return Response(
        paper,
        media_type="application/pdf",
        headers={
            "content-disposition": f'inline; filename="CGV-{found.version}.pdf"',
            "cache-control": "public, max-age=3600",
        },
    )


async def own_agenda(request: Request) -> Response:
    """Hand over the viewer's own dates as a calendar file."""
    viewer = await viewer_from_request(request)
    if viewer is None or viewer.role is not Role.CLIENT:
        return not_found()
    try:
        contract = await own_contract(portal(), viewer)
    except NotFound:
        return not_found()
    return Response(
        agenda(contract),
        media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="echeances-exanergy.ics"', **PRIVATE},
    )


async def paper_to_sign(request: Request) -> Response:
    """Print the viewer's own contract or mandate, and hand it over."""
    viewer = await viewer_from_request(request)
    piece = _PRINTED.get(request.path_params["piece"])
    if viewer is None or viewer.role is not Role.CLIENT or piece is None:
        return not_found()
    try:
        printed = await paper(portal(), viewer, piece, origin_of(request))
    except NotFound:
        return not_found()
    except Refusal as refusal:
        return sentence(refusal.message, _CONFLICT)
    except Unavailable:
        log.exception("paper.unavailable")
        return sentence(
            "Ce document ne peut pas être préparé pour l’instant. Réessayez dans quelques minutes.", _LATER
        )
    return Response(
        printed.pdf,
        media_type="application/pdf",
        headers={**PRIVATE, "content-disposition": disposition(printed.name)},
    )


@lru_cache(maxsize=8)
def _paper(text: str, sha256: str) -> bytes:
    return terms_pdf(parse_terms(text), sha256=sha256, receipt=None)


ROUTES = [
    Route("/cgv/{version:str}.pdf", terms_paper, methods=["GET"]),
    Route("/espace/papiers/{piece}.pdf", paper_to_sign, methods=["GET"]),
    Route("/espace/echeances.ics", own_agenda, methods=["GET"]),
]
