"""The forms of one's own account: password, sessions, second factor.

| form | address | fields | page |
|---|---|---|---|
| mot-de-passe | /auth/mot-de-passe/changer | current, password | /espace/compte |
| sessions | /auth/sessions/terminer | session (one's public id), or toutes=1 for the others | /espace/compte |
| second-facteur | /auth/second-facteur/activer | current | /espace/compte |
| second-facteur | /auth/second-facteur/confirmer | code | /espace/compte, or /connexion/second-facteur |
| second-facteur | /auth/second-facteur/retirer | current | /espace/compte |
| second-facteur | /auth/second-facteur/codes | current | /espace/compte |

While `second_factor.enrolment(portal, session)` gives one, show it with the form that confirms it; after
that `second_factor.standing(portal, viewer).codes.readable` has the recovery codes, for ten minutes.
"""

from starlette.responses import Response
from starlette.routing import Route

from portal.contract.french import count, typeset
from portal.services import own_password, second_factor, sessions
from portal.services.context import NotFound, Viewer
from portal.services.forms import FormProblems
from portal.services.limits import TooManyAttempts
from portal.services.sessions import Session, Strength
from portal.web.routes.auth import ENROL_PAGE
from portal.web.routes.submissions import FormPage, Submission, received_by, say, see_other
from portal.web.running import portal
from portal.web.session import set_session

ACCOUNT_PAGE = "/espace/compte"
PASSWORD = FormPage("mot-de-passe", ACCOUNT_PAGE)
SESSIONS = FormPage("sessions", ACCOUNT_PAGE)
FACTOR = FormPage("second-facteur", ACCOUNT_PAGE)
ENROLLING = FormPage("second-facteur", ENROL_PAGE)

_CHANGED = "Votre mot de passe est changé. Vos autres sessions sont fermées."
_SCAN = "Scannez l’image avec votre application, puis recopiez le code qu’elle affiche."
_ON = "La double authentification est en place. Gardez vos codes de secours : ils ne s’affichent que dix minutes."
_OFF = "La double authentification est retirée."
_CODES = "Voici de nouveaux codes de secours ; les anciens ne valent plus rien."


@received_by(PASSWORD)
async def change_password(submission: Submission) -> Response:
    """Change the password; the browser goes on with a new session, all the others end."""
    viewer = await _viewer(submission)
    raw = await own_password.change(
        portal(), viewer, submission["current"], submission["password"], submission.origin
    )
    response = await _done(submission, PASSWORD, _CHANGED)
    set_session(response, raw)
    return response


@received_by(SESSIONS)
async def end_sessions(submission: Submission) -> Response:
    """End one of one's sessions, or all the others; one that is not there is ended already."""
    viewer = await _viewer(submission)
    if submission["toutes"]:
        ended = await sessions.end_others(portal(), viewer, submission.origin)
        return await _done(submission, SESSIONS, f"{count(ended, 'session fermée', 'sessions fermées')}.")
    try:
        await sessions.end_one(portal(), viewer, submission["session"], submission.origin)
    except NotFound as error:
        raise FormProblems({}, {"": "Cette session était déjà fermée."}) from error
    return await _done(submission, SESSIONS, "La session est fermée.")


@received_by(FACTOR)
async def begin_factor(submission: Submission) -> Response:
    """Show a seed to scan; one's password is asked for again first."""
    session = await _session(submission)
    await second_factor.begin(portal(), session, submission["current"], submission.origin)
    return await _done(submission, _factor_page(session), _SCAN)


@received_by(FACTOR)
async def confirm_factor(submission: Submission) -> Response:
    """Put the second factor in place by its first code."""
    session = await _session(submission)
    try:
        raw = await second_factor.confirm(portal(), session, submission["code"], submission.origin)
    except FormProblems as problems:
        return await _refused(submission, _factor_page(session), problems.errors)
    except TooManyAttempts as attempts:
        return await _refused(submission, _factor_page(session), {"": attempts.message})
    response = await _done(submission, FACTOR, _ON)
    set_session(response, raw)
    return response


@received_by(FACTOR)
async def remove_factor(submission: Submission) -> Response:
    """Take the second factor away."""
    session = await _session(submission)
    raw = await second_factor.remove(portal(), session, submission["current"], submission.origin)
    response = await _done(submission, FACTOR, _OFF)
    set_session(response, raw)
    return response


@received_by(FACTOR)
async def renew_codes(submission: Submission) -> Response:
    """Make new recovery codes."""
    session = await _session(submission)
    await second_factor.renew_codes(portal(), session, submission["current"], submission.origin)
    return await _done(submission, FACTOR, _CODES)


async def _session(submission: Submission) -> Session:
    session = await sessions.session_of(portal(), submission.session)
    if session is None:
        raise NotFound
    return session


async def _viewer(submission: Submission) -> Viewer:
    viewer = (await _session(submission)).viewer
    if viewer is None:
        raise NotFound
    return viewer


def _factor_page(session: Session) -> FormPage:
    return ENROLLING if session.strength is Strength.ENROLLING else FACTOR


async def _refused(submission: Submission, at: FormPage, errors: dict[str, str]) -> Response:
    return await say(see_other(at.page), submission, at, errors=errors)


async def _done(submission: Submission, at: FormPage, notice: str) -> Response:
    return await say(see_other(at.page), submission, at, notice=typeset(notice))


ROUTES = [
    Route("/auth/mot-de-passe/changer", change_password, methods=["POST"]),
    Route("/auth/sessions/terminer", end_sessions, methods=["POST"]),
    Route("/auth/second-facteur/activer", begin_factor, methods=["POST"]),
    Route("/auth/second-facteur/confirmer", confirm_factor, methods=["POST"]),
    Route("/auth/second-facteur/retirer", remove_factor, methods=["POST"]),
    Route("/auth/second-facteur/codes", renew_codes, methods=["POST"]),
]
