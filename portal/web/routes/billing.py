"""The staff's files of money: the bank's, both ways; the accounts.

| address | what |
|---|---|
| POST /gestion/banque/messages | one message of the bank under `files`; leads back to the page |
| GET /gestion/prelevements/{file}.xml | a collection file, as it was made |
| POST /gestion/exports/ventes | the journal of sales of a period |
"""

import asyncio
import re
import tempfile
from pathlib import Path

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from portal.contract.french import count, typeset
from portal.contract.refusal import Refusal
from portal.documents.intake import Fault, Unacceptable, display_name
from portal.outside.unavailable import Unavailable
from portal.services import sessions
from portal.services.accounting import export_sales, read_period
from portal.services.bank import LARGEST, Taken, take_message
from portal.services.collection_reading import file_for_bank
from portal.services.context import NotFound, Role, Viewer
from portal.services.forms import FormProblems, kept
from portal.services.opening import workspace_of
from portal.web.routes.pieces import PRIVATE, disposition, not_found, sentence
from portal.web.routes.receiving import Body, NotReceived, Wanted, received_files
from portal.web.routes.submissions import EXPIRED, FormPage, Submission, received_by, say, see_other
from portal.web.running import portal
from portal.web.session import draft_cookie, origin_of, session_cookie, viewer_from_request

log = structlog.get_logger()

BANK = FormPage("releve", "/gestion/banque")
SALES = FormPage("ventes", "/gestion/facturation", ("first_day", "last_day", "payments"))
ID = re.compile(r"[A-Za-z0-9-]{1,36}")
LATER = 503
_NOT_WHOLE = (
    "Le fichier n’est pas arrivé entier : choisissez-le, puis envoyez-le de nouveau. Rien n’a été lu."
)
NOT_NOW = "Ce fichier ne peut pas être gardé pour l’instant. Réessayez dans quelques minutes."


# --- the bank's messages ---------------------------------------------------------------------------


def _is_xml(head: bytes, name: str) -> None:
    """Take what begins like XML, in any encoding; what it says is read later."""
    if not head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise Unacceptable(
            Fault.WRONG_TYPE,
            f"« {display_name(name)} » n’est pas un message de la banque : envoyez le fichier XML (pain.002, camt.053 ou "
            "camt.054) tel qu’elle le donne.",
        )


def _too_big(name: str) -> Unacceptable:
    megabytes = LARGEST // 1024**2
    return Unacceptable(
        Fault.TOO_BIG,
        f"« {display_name(name)} » dépasse {megabytes} Mo : demandez à votre banque un fichier par jour.",
    )


_MESSAGE = Wanted(most_files=1, most_bytes=LARGEST, judge=_is_xml, too_big=_too_big)


async def send_message(request: Request) -> Response:
    """Take a message of the bank; what came of it, or why it is refused, is on the page that follows."""
    viewer = await staff_of(request)
    if viewer is None:
        return see_other(EXPIRED)
    body = Body(request)
    try:
        with tempfile.TemporaryDirectory(dir=workspace_of(portal().settings)) as folder:
            content_type = request.headers.get("content-type", "")
            [sent] = await received_files(content_type, body, Path(folder), _MESSAGE)
            content = await asyncio.to_thread(sent.path.read_bytes)
        taken = await take_message(portal(), viewer, display_name(sent.name), content, origin_of(request))
    except ClientDisconnect:
        return Response(status_code=400)
    except (Unacceptable, NotReceived, Refusal, Unavailable) as error:
        return await refused_upload(request, body, BANK, error)
    return await say(see_other(BANK.page), submission_of(request), BANK, notice=typeset(_told(taken)))


def _told(taken: Taken) -> str:
    if not taken.new:
        return f"{taken.kind} : déjà lu, rien n’a changé ({count(taken.lines, 'ligne')})."
    waiting = f", {count(taken.waiting, 'attend', 'attendent')} une personne" if taken.waiting else ""
    new = count(taken.new, "ligne nouvelle", "lignes nouvelles")
    return f"{taken.kind} lu : {new} sur {taken.lines}{waiting}."


# --- collections and accounts ----------------------------------------------------------------------


async def collection_file(request: Request) -> Response:
    """Hand over a collection file: taken, it counts as handed to the bank."""
    viewer = await staff_of(request)
    name = request.path_params["file"]
    if viewer is None or not ID.fullmatch(name):
        return not_found()
    try:
        found = await file_for_bank(portal(), viewer, name, origin_of(request))
    except NotFound:
        return not_found()
    except Unavailable:
        log.exception("collection_file.unreadable", file=name)
        return sentence(NOT_NOW, LATER)
    return Response(
        found.content,
        media_type="application/xml",
        headers={**PRIVATE, "content-disposition": disposition(found.name)},
    )


@received_by(SALES)
async def export(submission: Submission) -> Response:
    """Hand over the journal of sales of a period, as it is read."""
    viewer = await sessions.viewer_of(portal(), submission.session)
    if viewer is None or viewer.role is not Role.STAFF:
        raise NotFound
    try:
        period = read_period(submission.form)
        ready = await export_sales(portal(), viewer, period, submission.origin)
    except Refusal as refusal:
        raise FormProblems(kept(submission.form, SALES.fields), {"": refusal.message}) from refusal
    return StreamingResponse(
        ready.parts,
        media_type="text/csv; charset=iso-8859-15",
        headers={**PRIVATE, "content-disposition": disposition(ready.name)},
    )


# --- all of them ----------------------------------------------------------------------------------


async def staff_of(request: Request) -> Viewer | None:
    viewer = await viewer_from_request(request)
    return viewer if viewer is not None and viewer.role is Role.STAFF else None


def submission_of(request: Request) -> Submission:
    return Submission({}, origin_of(request), session_cookie(request), draft_cookie(request))


async def refused_upload(
    request: Request,
    body: Body,
    at: FormPage,
    error: Unacceptable | NotReceived | Refusal | Unavailable,
) -> Response:
    """Lead back to the page with what is wrong; the browser reads it once it has sent all it has."""
    match error:
        case NotReceived():
            message = _NOT_WHOLE
        case Unavailable():
            log.warning("upload.unavailable", reason=str(error))
            message = NOT_NOW
        case _:
            message = error.message
    try:
        await body.let_in()
    except ClientDisconnect:
        log.info("upload.gone")
    return await say(see_other(at.page), submission_of(request), at, errors={"": typeset(message)})


ROUTES = [
    Route("/gestion/banque/messages", send_message, methods=["POST"]),
    Route("/gestion/prelevements/{file}.xml", collection_file, methods=["GET"]),
    Route("/gestion/exports/ventes", export, methods=["POST"]),
]
