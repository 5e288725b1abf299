"""Forms that a browser sends itself: read with care, answered with a redirection (303).

A form that cannot be taken leads back to its page, which finds what was typed and what is wrong in the
draft (`session.draft_of`). Nothing is done twice by a reload, since what is reloaded is a page.
"""

import functools
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from portal.services import drafts
from portal.services.context import NotFound, Origin
from portal.services.forms import FormProblems, kept
from portal.services.limits import LONGEST, TooManyAttempts
from portal.services.links import LinkRefused
from portal.web.running import portal
from portal.web.session import draft_cookie, origin_of, session_cookie, set_draft

log = structlog.get_logger()

# Nine fields of ten thousand characters fit, so that they can be refused on the page, kindly.
_LONGEST_BODY = 512 * 1024
# A browser reads the answer only once it has sent all it has: the rest is let in, unread, up to here.
_MOST_LET_IN = 8 * 1024 * 1024
_MOST_FIELDS = 20
# A link's secret has 43 characters, our longest address fewer than this.
_CARRIED = 200
_MEDIA_TYPE = "application/x-www-form-urlencoded"
_TOO_LONG = "Ce que vous avez saisi est beaucoup trop long. Abrégez, puis envoyez de nouveau."

FAILED = "/erreur"
EXPIRED = "/session-expiree"
WAIT = "attendre"


class NotAForm(Exception):
    """No browser sends this from our pages."""


class TooLong(Exception):
    """More than any form of ours holds."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A form that was sent: what it says, from where, with which cookies."""

    form: Mapping[str, str]
    origin: Origin
    session: str | None
    draft: str | None

    def __getitem__(self, name: str) -> str:
        """Return what was typed, "" for a field that is not there."""
        return self.form.get(name, "")


@dataclass(frozen=True, slots=True)
class FormPage:
    """Where a form stands: its name in the draft, its page, the fields to show again.

    `carried` fields go along in the address of the page, as they came there.
    """

    name: str
    page: str
    fields: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    def address(self, form: Mapping[str, str]) -> str:
        query = {**self.asked, **{name: form[name][:_CARRIED] for name in self.carried if form.get(name)}}
        return f"{self.page}?{urlencode(query)}" if query else self.page


Receiver = Callable[[Submission], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def received_by(at: FormPage) -> Callable[[Receiver], Endpoint]:
    """Make a receiver of submissions an endpoint; what it refuses leads back to the form's page."""

    def wrapped(receive: Receiver) -> Endpoint:
        @functools.wraps(receive)
        async def endpoint(request: Request) -> Response:
            try:
                return await _received(request, at, receive)
            except NotAForm:
                return PlainTextResponse("Cette demande ne vient pas d’un de nos formulaires.", 400)
            except ClientDisconnect:
                return Response(status_code=400)
            except Exception:
                # The last resort: whatever it is, the person gets a page of ours, and we a line.
                log.exception("form.failed", form=at.name)
                return see_other(FAILED)

        return endpoint

    return wrapped


async def _received(request: Request, at: FormPage, receive: Receiver) -> Response:
    cookies = {"session": session_cookie(request), "draft": draft_cookie(request)}
    try:
        form = await read_form(request)
    except TooLong:
        submission = Submission({}, origin_of(request), **cookies)
        return await _back(submission, at, None, {"": _TOO_LONG})
    submission = Submission(form, origin_of(request), **cookies)
    typed = kept(form, at.fields) if at.fields else None
    try:
        return await receive(submission)
    except FormProblems as problems:
        values = {**(typed or {}), **problems.kept} or None
        return await _back(submission, at, values, problems.errors)
    except TooManyAttempts as attempts:
        return await _back(submission, at, typed, {"": attempts.message})
    except LinkRefused:
        # Its page looks the link up itself, and says what is wrong with it.
        return see_other(at.address(form))
    except NotFound:
        return see_other(EXPIRED)


async def read_form(request: Request) -> dict[str, str]:
    """Return the fields of an urlencoded body; raises `NotAForm`, `TooLong`.

    A field that comes twice is refused: which one counts must not depend on who reads.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise NotAForm
    body = await _read_body(request)
    try:
        fields = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise NotAForm from error
    form = dict(fields)
    if len(form) != len(fields):
        raise NotAForm
    return form


async def _read_body(request: Request) -> bytes:
    body, length = bytearray(), 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= _LONGEST_BODY:
            body += chunk
        elif length > _MOST_LET_IN:
            break
    if length > _LONGEST_BODY:
        raise TooLong
    return bytes(body)


async def _back(
    submission: Submission, at: FormPage, values: dict[str, str] | None, errors: dict[str, str]
) -> Response:
    return await say(see_other(at.address(submission.form)), submission, at, values=values, errors=errors)


async def say(
    response: Response,
    submission: Submission,
    at: FormPage,
    *,
    values: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    notice: str = "",
) -> Response:
    """Leave something for the page of a form to show, and the browser the cookie to find it by.

    From an address that has left too many drafts nothing more is kept: its page says how long to wait,
    unless all is done and there was only a word about it.
    """
    try:
        await drafts.admit(portal(), submission.draft, submission.origin)
    except TooManyAttempts as attempts:
        is_done = notice and not errors
        return response if is_done else see_other(waiting_address(at, submission.form, attempts.wait))
    raw = await drafts.keep(portal(), submission.draft, at.name, values=values, errors=errors, notice=notice)
    set_draft(response, raw)
    return response


def waiting_address(at: FormPage, form: Mapping[str, str], wait: timedelta) -> str:
    """Return the address of a form's page that says how long to wait: there is no draft to say it."""
    address = at.address(form)
    seconds = math.ceil(wait.total_seconds())
    return f"{address}{'&' if '?' in address else '?'}{urlencode({WAIT: f'{at.name}.{seconds}'})}"


def said_of_waiting(asked: str) -> dict[str, str]:
    """Return what the page says that `waiting_address` leads to, by its form; nothing for another text."""
    name, _, seconds = asked.rpartition(".")
    if not (seconds.isascii() and seconds.isdigit() and 0 < int(seconds[:9]) <= LONGEST.total_seconds()):
        return {}
    return {name: TooManyAttempts(timedelta(seconds=int(seconds))).message}


async def finished(submission: Submission, *pages: FormPage) -> None:
    """Forget what the forms of a sign-up held: they have done their work."""
    await drafts.sign_up_done(portal(), submission.draft, *(at.name for at in pages))


def see_other(address: str) -> Response:
    return RedirectResponse(address, 303, {"cache-control": "no-store"})
