"""Evidence files handed over: a client's own to its administrators, any to staff.

| address | what |
|---|---|
| GET /espace/preuves.zip | of the client's present contract |
| GET /espace/preuves/{contract}.zip | of another contract of the client's, past ones included |
| GET /gestion/contrats/{contract}/preuves.zip | of any contract, for staff |
"""

import re
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.contract.refusal import Refusal
from portal.outside.unavailable import Unavailable
from portal.services.context import NotFound, Role, Viewer
from portal.services.evidence import evidence_of, own_evidence
from portal.services.invoice_files import Handed
from portal.services.invoice_papers import NotFit
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

_CONTRACT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FORBIDDEN, _LATER = 403, 503
_LATER_WORDS = "Le fichier de preuve ne peut pas être préparé pour l’instant. Réessayez dans quelques minutes, ou écrivez-nous."


async def own(request: Request) -> Response:
    """Hand over the evidence of the client's present contract."""
    return await _handed(
        request, Role.CLIENT, lambda viewer: own_evidence(portal(), viewer, origin_of(request))
    )


async def own_of(request: Request) -> Response:
    """Hand over the evidence of a contract of the client's own."""
    contract = request.path_params["contract"]
    return await _handed(
        request, Role.CLIENT, lambda viewer: own_evidence(portal(), viewer, origin_of(request), contract)
    )


async def for_staff(request: Request) -> Response:
    """Hand over the evidence of any contract, to staff."""
    contract = request.path_params["contract"]
    return await _handed(
        request, Role.STAFF, lambda viewer: evidence_of(portal(), viewer, contract, origin_of(request))
    )


async def _handed(request: Request, role: Role, handing: Callable[[Viewer], Awaitable[Handed]]) -> Response:
    viewer = await viewer_from_request(request)
    contract = request.path_params.get("contract")
    if viewer is None or viewer.role is not role or not (contract is None or _CONTRACT.fullmatch(contract)):
        return not_found()
    try:
        handed = await handing(viewer)
    except NotFound:
        return not_found()
    except Refusal as refusal:
        return sentence(refusal.message, _FORBIDDEN)
    except (Unavailable, NotFit) as error:
        log.error("evidence.not_handed_over", path=request.url.path, exc_info=error)  # noqa: TRY400 -- one line
        return sentence(_LATER_WORDS, _LATER)
    return Response(
        handed.content,
        media_type=handed.media_type,
        headers={**PRIVATE, "content-disposition": disposition(handed.name)},
    )


ROUTES = [
    Route("/espace/preuves.zip", own, methods=["GET"]),
    Route("/espace/preuves/{contract}.zip", own_of, methods=["GET"]),
    Route("/gestion/contrats/{contract}/preuves.zip", for_staff, methods=["GET"]),
]
