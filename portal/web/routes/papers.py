"""Files handed over: the terms as PDF for anyone, a client's own dates as a calendar."""

from functools import lru_cache

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.documents.terms import parse_terms
from portal.documents.terms_pdf import terms_pdf
from portal.services.agenda import agenda
from portal.services.conditions import edition
from portal.services.context import NotFound, Role
from portal.services.reading import own_contract
from portal.web.running import portal
from portal.web.session import viewer_from_request

_PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}


async def terms_paper(request: Request) -> Response:
    """Hand over a version of the terms as PDF."""
    async with portal().database.reading() as connection:
        try:
            found = await edition(connection, request.path_params["version"])
        except NotFound:
            return _not_found()
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
        return _not_found()
    try:
        contract = await own_contract(portal(), viewer)
    except NotFound:
        return _not_found()
    return Response(
        agenda(contract),
        media_type="text/calendar; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="echeances-exanergy.ics"', **_PRIVATE},
    )


def _not_found() -> Response:
    return Response("Introuvable.", status_code=404, media_type="text/plain; charset=utf-8", headers=_PRIVATE)


@lru_cache(maxsize=8)
def _paper(text: str, sha256: str) -> bytes:
    return terms_pdf(parse_terms(text), sha256=sha256, receipt=None)


ROUTES = [
    Route("/cgv/{version:str}.pdf", terms_paper, methods=["GET"]),
    Route("/espace/echeances.ics", own_agenda, methods=["GET"]),
]
