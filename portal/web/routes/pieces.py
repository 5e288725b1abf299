"""The pieces of a dossier: sent by the client's browser, handed over to her and to staff.

| address | what |
|---|---|
| POST /espace/pieces/{contract, mandate or kbis} | files under `files`: a PDF, or photos; answers JSON, `version` or `message` |
| the same, `?contested=date` | the date read of these files is wrong: they are kept, and wait for the date that is typed |
| GET /pieces/{version}/copie.pdf | the copy without active content |
| GET /pieces/{version}/original-{n} | a file as it was received |
| GET /pieces/{version}/page-{n}.webp | the picture of a page |
"""

import math
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from portal.contract.acts import Piece
from portal.contract.french import typeset
from portal.contract.refusal import Refusal
from portal.documents.intake import Fault, Unacceptable
from portal.outside.files import FileDamaged, FileMissing
from portal.outside.unavailable import Unavailable
from portal.records.database import is_full
from portal.services import arrivals, pieces
from portal.services.arrivals import Arrival
from portal.services.context import NotFound, Role, Viewer
from portal.services.limits import UPLOAD_ACCOUNT, UPLOAD_ADDRESS, TooManyAttempts, address_block, spend
from portal.services.opening import workspace_of
from portal.services.piece_corrections import is_contestable
from portal.services.piece_files import FileKind, Opened, file_of
from portal.web.routes.receiving import Body, NotReceived, no_room, received_files
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

PRIVATE = {"cache-control": "private, no-store", "x-content-type-options": "nosniff"}
_VERSION = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_NOT_FOUND, _CONFLICT, _TOO_MANY, _FAILED, _LATER = 404, 409, 429, 500, 503
_UNACCEPTABLE = 422
_BY_FAULT = {Fault.TOO_BIG: 413, Fault.WRONG_TYPE: 415}
_A_MINUTE = timedelta(minutes=1)
_NOT_NOW = (
    "Le portail ne peut pas garder votre fichier pour l’instant. Votre dossier est inchangé : réessayez dans "
    "quelques minutes."
)
_BROKEN = (
    "Quelque chose n’a pas marché de notre côté. Votre dossier est inchangé : réessayez, ou écrivez-nous."
)


async def send_piece(request: Request) -> Response:
    """Receive a piece; what is refused leaves the dossier as it was, and says why and what to do."""
    viewer = await viewer_from_request(request)
    piece = _piece(request.path_params["piece"])
    if viewer is None or viewer.role is not Role.CLIENT or piece is None:
        return not_found()
    body = Body(request)
    try:
        version = await _received(request, body, viewer, piece)
    except ClientDisconnect:
        return Response(status_code=400)
    except NotFound:
        answer: Response = not_found()
    except Exception as error:  # noqa: BLE001 -- each is answered below
        # Also the last resort: whatever it is, the page gets a sentence to show, and we a line.
        answer = _refusal(error)
    else:
        return JSONResponse({"version": version}, headers=PRIVATE)
    try:
        await body.let_in()
    except ClientDisconnect:
        log.info("upload.gone", status=answer.status_code)
    return answer


async def _received(request: Request, body: Body, viewer: Viewer, piece: Piece) -> str:
    """Receive the files and submit the piece: it counts from here, before anything else is asked."""
    arrival = await arrivals.begin(portal(), viewer, piece)
    try:
        origin = origin_of(request)
        await spend(portal(), (UPLOAD_ACCOUNT, viewer.person_id), (UPLOAD_ADDRESS, address_block(origin.ip)))
        with tempfile.TemporaryDirectory(dir=workspace_of(portal().settings)) as folder:
            sent = await received_files(request.headers.get("content-type", ""), body, Path(folder))
            contested = request.query_params.get("contested") == "date"
            return await pieces.receive(portal(), viewer, arrival, piece, sent, origin, contested=contested)
    finally:
        await _over(arrival)


async def _over(arrival: Arrival) -> None:
    try:
        await arrivals.over(portal(), arrival)
    except Exception:
        # It ends by itself, later: what came of the piece is said all the same.
        log.exception("upload.not_over")


def _refusal(error: Exception) -> Response:
    if _is_without_room(error):
        log.error("upload.no_room", exc_info=error)
        return _said(no_room().message, no_room().status)
    match error:
        case Unacceptable(fault=Fault.BUSY):
            return _said_for(error.message, _LATER, _A_MINUTE)
        case Unacceptable():
            return _said(error.message, _BY_FAULT.get(error.fault, _UNACCEPTABLE))
        case NotReceived():
            return _said(error.message, error.status)
        case Refusal():
            reasons = [line for one in error.reasons for line in one.lines()]
            return _said(error.message, _CONFLICT, reasons, contestable=is_contestable(error))
        case TooManyAttempts():
            return _said_for(error.message, _TOO_MANY, error.wait)
        case Unavailable():
            log.warning("upload.unavailable", reason=str(error))
            return _said(_NOT_NOW, _LATER)
        case _:
            log.error("upload.failed", exc_info=error)
            return _said(_BROKEN, _FAILED)


def _said_for(message: str, status: int, wait: timedelta) -> Response:
    """Say what will be otherwise once the time is over."""
    answer = _said(message, status)
    answer.headers["retry-after"] = str(math.ceil(wait.total_seconds()))
    return answer


def _is_without_room(error: Exception) -> bool:
    match error:
        case Unacceptable():
            return error.fault is Fault.NO_ROOM
        case DBAPIError():
            return is_full(error)
        case _:
            return isinstance(error, OSError)


def _said(message: str, status: int, reasons: Sequence[str] = (), *, contestable: bool = False) -> Response:
    said = {"message": typeset(message), "reasons": reasons, "contestable": contestable}
    return JSONResponse(said, status, headers=PRIVATE)


def _piece(name: str) -> Piece | None:
    return Piece(name) if name in {piece.value for piece in Piece} else None


# --- handing over --------------------------------------------------------------------------------


async def copy(request: Request) -> Response:
    """Hand over the copy without active content."""
    return await _handed_over(request, FileKind.COPY, "1")


async def original(request: Request) -> Response:
    """Hand over a file as it was received: to be saved, never to be shown here."""
    return await _handed_over(request, FileKind.ORIGINAL, request.path_params["number"])


async def preview(request: Request) -> Response:
    """Hand over the picture of a page."""
    return await _handed_over(request, FileKind.PREVIEW, request.path_params["number"])


async def _handed_over(request: Request, kind: FileKind, number: str) -> Response:
    version_id = request.path_params["version"]
    viewer = await viewer_from_request(request)
    if viewer is None or not _VERSION.fullmatch(version_id) or not _NUMBER.fullmatch(number):
        return not_found()
    # Pictures are looked at again and again: the journal keeps what is taken away.
    origin = None if kind is FileKind.PREVIEW else origin_of(request)
    try:
        opened = await file_of(portal(), viewer, version_id, kind, int(number), origin)
        # The whole file is verified before its first bytes come: after them, no answer could be taken back.
        first = await anext(opened.parts, b"")
    except NotFound:
        return not_found()
    except (FileMissing, FileDamaged, Unavailable) as error:
        log.error("piece.unreadable", version=version_id, kind=kind.value, exc_info=error)  # noqa: TRY400 -- one line
        return sentence("Ce fichier ne peut pas être lu pour l’instant. Réessayez, ou écrivez-nous.", _LATER)
    return StreamingResponse(
        _all(first, opened),
        media_type=opened.media_type,
        headers={**PRIVATE, "content-disposition": disposition(opened.name, inline=origin is None)},
    )


async def _all(first: bytes, opened: Opened) -> AsyncIterator[bytes]:
    async with aclosing(opened.parts) as rest:  # type: ignore[type-var]  # a generator, which holds files open
        yield first
        async for part in rest:
            yield part


def disposition(name: str, *, inline: bool = False) -> str:
    """Return how a browser is to treat a file, and the name to save it under (RFC 6266)."""
    plain = re.sub(r"[^A-Za-z0-9 ._()-]", "_", name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def not_found() -> Response:
    return sentence("Introuvable.", _NOT_FOUND)


def sentence(text: str, status: int) -> Response:
    return Response(typeset(text), status, media_type="text/plain; charset=utf-8", headers=PRIVATE)


ROUTES = [
    Route("/espace/pieces/{piece}", send_piece, methods=["POST"]),
    Route("/pieces/{version}/copie.pdf", copy, methods=["GET"]),
    Route("/pieces/{version}/page-{number}.webp", preview, methods=["GET"]),
    Route("/pieces/{version}/original-{number}", original, methods=["GET"]),
]
