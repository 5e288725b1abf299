"""Invoices handed over: one as PDF, all as an archive, their lines as a table, the statement of what is due.

| address | what |
|---|---|
| GET /factures/{number}.pdf | an invoice or credit note: its owner's, any for staff |
| GET /espace/factures.zip, /espace/factures.csv | all of the client's own |
| GET /espace/decompte.pdf | what the client owes today, where something is due |
| GET /gestion/clients/{company}/factures.zip, … .csv, /decompte.pdf | the same of any client, for staff |
"""

import re
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.contract.refusal import Refusal
from portal.outside.files import FileDamaged, FileMissing
from portal.outside.unavailable import Unavailable
from portal.services.context import NotFound, Role, Viewer
from portal.services.invoice_files import Handed, invoice_archive, invoice_file, invoice_table
from portal.services.invoice_papers import NotFit
from portal.services.statements import statement
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

_NUMBER = re.compile(r"[FA]-[0-9]{4}-[0-9]{4,12}")
_COMPANY = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CONFLICT, _LATER = 409, 503
_LATER_WORDS = (
    "Ce document ne peut pas être remis pour l’instant. Réessayez dans quelques minutes, ou écrivez-nous."
)
Handing = Callable[[Viewer], Awaitable[Handed]]


async def one_invoice(request: Request) -> Response:
    """Hand over an invoice or a credit note."""
    number = request.path_params["number"]
    if not _NUMBER.fullmatch(number):
        return not_found()
    return await _handed(request, lambda viewer: invoice_file(portal(), viewer, number, origin_of(request)))


async def own_archive(request: Request) -> Response:
    """Hand over all the client's invoices as a ZIP."""
    return await _own(request, lambda viewer: invoice_archive(portal(), viewer, origin_of(request)))


async def own_table(request: Request) -> Response:
    """Hand over the lines of all the client's invoices as CSV."""
    return await _own(request, lambda viewer: invoice_table(portal(), viewer, origin_of(request)))


async def own_statement(request: Request) -> Response:
    """Hand over what the client owes today."""
    return await _own(request, lambda viewer: statement(portal(), viewer, origin_of(request)))


async def archive_of_client(request: Request) -> Response:
    """Hand over all invoices of any client as a ZIP, to staff."""
    company = request.path_params["company"]
    return await _for_staff(
        request, lambda viewer: invoice_archive(portal(), viewer, origin_of(request), company)
    )


async def table_of_client(request: Request) -> Response:
    """Hand over the lines of all invoices of any client as CSV, to staff."""
    company = request.path_params["company"]
    return await _for_staff(
        request, lambda viewer: invoice_table(portal(), viewer, origin_of(request), company)
    )


async def statement_of_client(request: Request) -> Response:
    """Hand over what any client owes today, to staff."""
    company = request.path_params["company"]
    return await _for_staff(request, lambda viewer: statement(portal(), viewer, origin_of(request), company))


async def _own(request: Request, handing: Handing) -> Response:
    return await _handed(request, handing, role=Role.CLIENT)


async def _for_staff(request: Request, handing: Handing) -> Response:
    if not _COMPANY.fullmatch(request.path_params["company"]):
        return not_found()
    return await _handed(request, handing, role=Role.STAFF)


async def _handed(request: Request, handing: Handing, *, role: Role | None = None) -> Response:
    viewer = await viewer_from_request(request)
    if viewer is None or (role is not None and viewer.role is not role):
        return not_found()
    try:
        handed = await handing(viewer)
    except NotFound:
        return not_found()
    except Refusal as refusal:
        return sentence(refusal.message, _CONFLICT)
    except (Unavailable, FileMissing, FileDamaged, NotFit) as error:
        log.error("invoice.not_handed_over", path=request.url.path, exc_info=error)  # noqa: TRY400 -- one line
        return sentence(_LATER_WORDS, _LATER)
    return Response(
        handed.content,
        media_type=handed.media_type,
        headers={**PRIVATE, "content-disposition": disposition(handed.name)},
    )


ROUTES = [
    Route("/factures/{number}.pdf", one_invoice, methods=["GET"]),
    Route("/espace/factures.zip", own_archive, methods=["GET"]),
    Route("/espace/factures.csv", own_table, methods=["GET"]),
    Route("/espace/decompte.pdf", own_statement, methods=["GET"]),
    Route("/gestion/clients/{company}/factures.zip", archive_of_client, methods=["GET"]),
    Route("/gestion/clients/{company}/factures.csv", table_of_client, methods=["GET"]),
    Route("/gestion/clients/{company}/decompte.pdf", statement_of_client, methods=["GET"]),
]
