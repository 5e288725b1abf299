"""Registered letters over HTTP: the letter to print, the slips that prove its deposit and its reception.

| address | what |
|---|---|
| GET /gestion/lettres/{letter}.pdf | any letter, for staff |
| GET, POST /gestion/lettres/{letter}/preuve | the proof that a termination was received, one file under `files` |
| GET, POST /gestion/fins/{letter}/preuve | the same of a letter of insolvency or force majeure |
| GET, POST /gestion/courriers/{letter}/preuves/{which} | the proof of its deposit (depot) or reception (reception) |
| GET /espace/resiliation/lettre.pdf, /espace/resiliation/notre-lettre.pdf | the client's own letter of notice, or ours to her |
| GET, POST /espace/resiliation/preuves/{which} | the proofs of hers |
"""

import tempfile
from pathlib import Path
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from portal.contract.refusal import Refusal
from portal.documents.intake import Unacceptable
from portal.outside.unavailable import Unavailable
from portal.services.context import NotFound, Role, Viewer
from portal.services.letters import Letter, LetterFile, Proof, keep_proof, letter_file, proof_file
from portal.services.notices import own_notice
from portal.services.opening import workspace_of
from portal.services.piece_keeping import Sent
from portal.web.routes.billing import ID, LATER, NOT_NOW, refused_upload, staff_of, submission_of
from portal.web.routes.ends import ENDS
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.routes.receiving import Body, NotReceived, received_files
from portal.web.routes.submissions import FormPage, say, see_other
from portal.web.running import portal
from portal.web.session import origin_of, viewer_from_request

log = structlog.get_logger()

LETTERS = FormPage("preuve", "/gestion/impayes")
POST = FormPage("courrier", "/gestion/courriers")
NOTICE = FormPage("denonciation", "/espace/resiliation")
_PROOFS: Final[dict[str, Proof]] = {"depot": "deposit", "reception": "receipt"}


# --- for staff -----------------------------------------------------------------------------------


async def letter_pdf(request: Request) -> Response:
    viewer = await staff_of(request)
    letter = request.path_params["letter"]
    if viewer is None or not ID.fullmatch(letter):
        return not_found()
    return await _letter(viewer, letter)


async def letter_proof(request: Request) -> Response:
    viewer = await staff_of(request)
    letter, which = request.path_params["letter"], _which(request)
    if viewer is None or which is None or not ID.fullmatch(letter):
        return not_found()
    return await _proof(viewer, letter, which)


async def send_reception(request: Request) -> Response:
    """Keep the proof of a letter of termination: its page is the one of arrears."""
    return await _sent_by_staff(request, LETTERS, "receipt")


async def send_reception_of_an_early_end(request: Request) -> Response:
    """Keep the proof of a letter of insolvency or force majeure: its page is the one of ends."""
    return await _sent_by_staff(request, ENDS, "receipt")


async def send_proof(request: Request) -> Response:
    """Keep the proof of any letter."""
    which = _which(request)
    return not_found() if which is None else await _sent_by_staff(request, POST, which)


async def _sent_by_staff(request: Request, at: FormPage, which: Proof) -> Response:
    viewer = await staff_of(request)
    letter = request.path_params["letter"]
    if viewer is None or not ID.fullmatch(letter):
        return not_found()
    return await _kept(request, viewer, letter, which, at)


# --- for a client --------------------------------------------------------------------------------


async def own_letter(request: Request) -> Response:
    viewer = await _client(request)
    letter = await _own(viewer) if viewer else None
    return not_found() if viewer is None or letter is None else await _letter(viewer, letter.id)


async def our_letter(request: Request) -> Response:
    """Hand over the letter by which the vendor gave her notice."""
    viewer = await _client(request)
    letter = await _own(viewer, of_vendor=True) if viewer else None
    return not_found() if viewer is None or letter is None else await _letter(viewer, letter.id)


async def own_proof(request: Request) -> Response:
    viewer, which = await _client(request), _which(request)
    letter = await _own(viewer) if viewer else None
    if viewer is None or letter is None or which is None:
        return not_found()
    return await _proof(viewer, letter.id, which)


async def send_own_proof(request: Request) -> Response:
    """Keep a proof of the client's own letter."""
    viewer, which = await _client(request), _which(request)
    letter = await _own(viewer) if viewer else None
    if viewer is None or letter is None or which is None:
        return not_found()
    return await _kept(request, viewer, letter.id, which, NOTICE)


async def _client(request: Request) -> Viewer | None:
    viewer = await viewer_from_request(request)
    return viewer if viewer is not None and viewer.role is Role.CLIENT else None


async def _own(viewer: Viewer, *, of_vendor: bool = False) -> Letter | None:
    try:
        found = await own_notice(portal(), viewer)
    except NotFound:
        return None
    if of_vendor:
        return found.vendor_letter
    return found.draft.letter if found.draft else None


# --- all of them ----------------------------------------------------------------------------------


def _which(request: Request) -> Proof | None:
    return _PROOFS.get(request.path_params.get("which", "reception"))


async def _kept(request: Request, viewer: Viewer, letter: str, which: Proof, at: FormPage) -> Response:
    """Keep a slip, a PDF or a photo; what came of it is on the page that follows."""
    body = Body(request)
    try:
        with tempfile.TemporaryDirectory(dir=workspace_of(portal().settings)) as folder:
            content_type = request.headers.get("content-type", "")
            sent: tuple[Sent, ...] = await received_files(content_type, body, Path(folder))
            await keep_proof(portal(), viewer, letter, sent[0], origin_of(request), which)
    except ClientDisconnect:
        return Response(status_code=400)
    except NotFound:
        return not_found()
    except (Unacceptable, NotReceived, Refusal, Unavailable) as error:
        return await refused_upload(request, body, at, error)
    name = "de réception" if which == "receipt" else "de dépôt"
    return await say(see_other(at.page), submission_of(request), at, notice=f"La preuve {name} est rangée.")


async def _letter(viewer: Viewer, letter: str) -> Response:
    try:
        return _handed(await letter_file(portal(), viewer, letter))
    except NotFound:
        return not_found()
    except Unavailable as error:
        return _not_now(letter, error)


async def _proof(viewer: Viewer, letter: str, which: Proof) -> Response:
    try:
        return _handed(await proof_file(portal(), viewer, letter, which))
    except NotFound:
        return not_found()
    except Unavailable as error:
        return _not_now(letter, error)


def _handed(found: LetterFile) -> Response:
    headers = {**PRIVATE, "content-disposition": disposition(found.name)}
    return Response(found.content, media_type=found.media_type, headers=headers)


def _not_now(letter: str, error: Unavailable) -> Response:
    log.error("letter.unreadable", letter=letter, exc_info=error)
    return sentence(NOT_NOW, LATER)


ROUTES = [
    Route("/gestion/lettres/{letter}.pdf", letter_pdf, methods=["GET"]),
    Route("/gestion/lettres/{letter}/preuve", letter_proof, methods=["GET"]),
    Route("/gestion/lettres/{letter}/preuve", send_reception, methods=["POST"]),
    Route("/gestion/fins/{letter}/preuve", letter_proof, methods=["GET"]),
    Route("/gestion/fins/{letter}/preuve", send_reception_of_an_early_end, methods=["POST"]),
    Route("/gestion/courriers/{letter}/preuves/{which}", letter_proof, methods=["GET"]),
    Route("/gestion/courriers/{letter}/preuves/{which}", send_proof, methods=["POST"]),
    Route("/espace/resiliation/lettre.pdf", own_letter, methods=["GET"]),
    Route("/espace/resiliation/notre-lettre.pdf", our_letter, methods=["GET"]),
    Route("/espace/resiliation/preuves/{which}", own_proof, methods=["GET"]),
    Route("/espace/resiliation/preuves/{which}", send_own_proof, methods=["POST"]),
]
