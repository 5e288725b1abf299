"""What a contract's end hands over and takes: the two files of a restitution, the certificate.

| address | what |
|---|---|
| GET /espace/restitutions/{contract}/{which}.zip | a file of a restitution: its owner's, any for staff |
| GET /espace/attestations/{contract}.pdf | the certificate of a destruction, likewise |
| POST /gestion/restitutions/{contract}/export | the CRM's export, one ZIP under `files` |
"""

import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal.contract.refusal import Refusal
from portal.documents.intake import Unacceptable
from portal.outside.files import FileDamaged, FileMissing
from portal.outside.unavailable import Unavailable
from portal.services.certificates import certificate_file
from portal.services.context import NotFound
from portal.services.opening import workspace_of
from portal.services.restitutions import LARGEST, Which, attach_export, take, too_big
from portal.web.routes.billing import refused_upload, staff_of, submission_of
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.routes.receiving import Body, NotReceived, Wanted, received_files
from portal.web.routes.submissions import FormPage, say, see_other
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

ENDS = FormPage("fin", "/gestion/destructions")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LATER = 503
_LATER_WORDS = (
    "Ce fichier ne peut pas être remis pour l’instant. Réessayez dans quelques minutes, ou écrivez-nous."
)
_EXPORT = Wanted(most_files=1, most_bytes=LARGEST, judge=lambda head, name: None, too_big=too_big)  # noqa: ARG005 -- its end is looked at, later


async def restitution_file(request: Request) -> Response:
    """Hand over a file of a restitution; another's is not there."""
    viewer = await viewer_from_request(request)
    contract_id, which = request.path_params["contract"], request.path_params["which"]
    if viewer is None or not _ID.fullmatch(contract_id) or which not in set(Which):
        return not_found()
    try:
        opened = await take(portal(), viewer, contract_id, Which(which), origin_of(request))
        # The whole file is verified before its first bytes come: after them, no answer could be taken back.
        first = await anext(opened.parts, b"")
    except NotFound:
        return not_found()
    except (FileMissing, FileDamaged, Unavailable) as error:
        log.error("restitution.unreadable", contract=contract_id, exc_info=error)  # noqa: TRY400 -- one line
        return sentence(_LATER_WORDS, _LATER)
    return StreamingResponse(
        _all(first, opened.parts),
        media_type="application/zip",
        headers={**PRIVATE, "content-disposition": disposition(opened.name)},
    )


async def _all(first: bytes, parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async with aclosing(parts) as rest:  # type: ignore[type-var]  # a generator, which holds files open
        yield first
        async for part in rest:
            yield part


async def certificate(request: Request) -> Response:
    """Hand over the certificate of a destruction."""
    viewer = await viewer_from_request(request)
    contract_id = request.path_params["contract"]
    if viewer is None or not _ID.fullmatch(contract_id):
        return not_found()
    try:
        handed = await certificate_file(portal(), viewer, contract_id, origin_of(request))
    except NotFound:
        return not_found()
    except (FileMissing, FileDamaged, Unavailable) as error:
        log.error("certificate.unreadable", contract=contract_id, exc_info=error)  # noqa: TRY400 -- one line
        return sentence(_LATER_WORDS, _LATER)
    return Response(
        handed.content,
        media_type=handed.media_type,
        headers={**PRIVATE, "content-disposition": disposition(handed.name)},
    )


async def send_export(request: Request) -> Response:
    """Take the CRM's export of a client's data."""
    viewer = await staff_of(request)
    contract_id = request.path_params["contract"]
    if viewer is None or not _ID.fullmatch(contract_id):
        return not_found()
    body = Body(request)
    try:
        with tempfile.TemporaryDirectory(dir=workspace_of(portal().settings)) as folder:
            content_type = request.headers.get("content-type", "")
            [sent] = await received_files(content_type, body, Path(folder), _EXPORT)
            await attach_export(portal(), viewer, contract_id, sent, origin_of(request))
    except ClientDisconnect:
        return Response(status_code=400)
    except NotFound:
        return not_found()
    except (Unacceptable, NotReceived, Refusal, Unavailable) as error:
        return await refused_upload(request, body, ENDS, error)
    said = "L’export est joint : l’archive du portail se construit, puis le client est prévenu."
    return await say(see_other(ENDS.page), submission_of(request), ENDS, notice=said)


ROUTES = [
    Route("/espace/restitutions/{contract}/{which}.zip", restitution_file, methods=["GET"]),
    Route("/espace/attestations/{contract}.pdf", certificate, methods=["GET"]),
    Route("/gestion/restitutions/{contract}/export", send_export, methods=["POST"]),
]
