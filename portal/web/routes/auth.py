"""The forms of signing in and out, of a forgotten password, and of the first member of the staff.

| form | address | fields | page |
|---|---|---|---|
| connexion | /auth/connexion | email, password, suite | /connexion |
| code | /auth/connexion/code | code, suite | /connexion/code |
| | /auth/deconnexion | | |
| oublie | /auth/mot-de-passe/oublie | email | /mot-de-passe-oublie |
| nouveau | /auth/mot-de-passe/nouveau | jeton, password | /nouveau-mot-de-passe |
| invitation | /auth/invitation | jeton, password | /invitation |
| premier-acces | /auth/premier-acces | jeton, first_name, last_name, email, password | /premier-acces |

`suite` is where to go afterwards, one of our own pages.
"""

from starlette.responses import Response
from starlette.routing import Route

from portal.contract.french import typeset
from portal.services import own_password, second_factor, sessions
from portal.services import sign_in as service
from portal.services.context import NotFound
from portal.services.forms import AddressForm, PersonForm, read
from portal.services.invitations import open_account
from portal.services.sign_in import Step
from portal.services.staff import become_first_staff
from portal.web.routes.arriving import destination
from portal.web.routes.submissions import (
    FormPage,
    Submission,
    finished,
    received_by,
    say,
    see_other,
)
from portal.web.running import portal
from portal.web.session import drop_session, set_session

SIGN_IN = FormPage("connexion", "/connexion", ("email",), carried=("suite",))
CODE = FormPage("code", "/connexion/code", carried=("suite",))
SIGN_OUT = FormPage("deconnexion", "/")
FORGOTTEN = FormPage("oublie", "/mot-de-passe-oublie", ("email",))
RESET = FormPage("nouveau", "/nouveau-mot-de-passe", carried=("jeton",))
FIRST_STAFF = FormPage(
    "premier-acces", "/premier-acces", ("first_name", "last_name", "email"), carried=("jeton",)
)
INVITATION = FormPage("invitation", "/invitation", carried=("jeton",))
# Where the second factor is set up by someone who may do nothing else yet.
ENROL_PAGE = "/connexion/second-facteur"

_SENT = (
    "Si cette adresse a un compte, un lien vient de lui être envoyé. Il vaut trente minutes ; "
    "pensez aux indésirables."
)
_REPLACED = (
    "Votre mot de passe est changé, et toutes vos sessions sont fermées. Connectez-vous avec le nouveau."
)


@received_by(SIGN_IN)
async def sign_in(submission: Submission) -> Response:
    """Check the password; what comes next depends on the second factor."""
    signed_in = await service.sign_in(
        portal(),
        submission["email"],
        submission["password"],
        previous=submission.session,
        origin=submission.origin,
    )
    await finished(submission, SIGN_IN)
    if signed_in.step is Step.CODE:
        response = see_other(CODE.address(submission.form))
    elif signed_in.step is Step.ENROL:
        await _begin_enrolment(signed_in.session, submission)
        response = see_other(ENROL_PAGE)
    else:
        response = see_other(await _arrival(signed_in.session, submission))
    set_session(response, signed_in.session)
    return response


@received_by(CODE)
async def code(submission: Submission) -> Response:
    """Finish signing in; where that has taken too long, begin again."""
    try:
        session = await service.give_code(portal(), submission.session, submission["code"], submission.origin)
    except NotFound:
        return see_other(SIGN_IN.address(submission.form))
    await finished(submission, CODE)
    response = see_other(await _arrival(session, submission))
    set_session(response, session)
    return response


@received_by(SIGN_OUT)
async def sign_out(submission: Submission) -> Response:
    """End the session, and let the browser forget what pages have kept in it."""
    await sessions.sign_out(portal(), submission.session, submission.origin)
    response = see_other("/")
    drop_session(response)
    response.headers["clear-site-data"] = '"storage"'
    return response


@received_by(FORGOTTEN)
async def forgotten(submission: Submission) -> Response:
    """Send a link for a new password, if there is an account; the answer is the same."""
    email = read(AddressForm, submission.form).email
    await own_password.forgot(portal(), email, submission.origin)
    return await say(
        see_other(FORGOTTEN.page), submission, FORGOTTEN, values={"email": email}, notice=typeset(_SENT)
    )


@received_by(RESET)
async def reset(submission: Submission) -> Response:
    """Replace the password; signing in follows, second factor and all."""
    await own_password.reset(portal(), submission["jeton"], submission["password"], submission.origin)
    return await say(see_other(SIGN_IN.page), submission, SIGN_IN, notice=typeset(_REPLACED))


@received_by(INVITATION)
async def invitation(submission: Submission) -> Response:
    """Open the account of an invited administrator; she is signed in."""
    session = await open_account(
        portal(),
        submission["jeton"],
        submission["password"],
        submission.origin,
        previous=submission.session,
    )
    await finished(submission, INVITATION)
    response = see_other("/espace")
    set_session(response, session)
    return response


@received_by(FIRST_STAFF)
async def first_staff(submission: Submission) -> Response:
    """Make the first member of the staff; the second factor comes at once."""
    person = read(PersonForm, submission.form)
    session = await become_first_staff(
        portal(), submission["jeton"], person, submission.origin, previous=submission.session
    )
    await finished(submission, FIRST_STAFF)
    await _begin_enrolment(session, submission)
    response = see_other(ENROL_PAGE)
    set_session(response, session)
    return response


async def _arrival(raw: str, submission: Submission) -> str:
    viewer = await sessions.viewer_of(portal(), raw)
    if viewer is None:
        raise NotFound
    return await destination(viewer, submission["suite"])


async def _begin_enrolment(raw: str, submission: Submission) -> None:
    """Make a seed to show, unless one is waiting: an authenticator may have it already."""
    session = await sessions.session_of(portal(), raw)
    if session and await second_factor.enrolment(portal(), session) is None:
        await second_factor.begin(portal(), session, "", submission.origin)


ROUTES = [
    Route("/auth/connexion", sign_in, methods=["POST"]),
    Route("/auth/connexion/code", code, methods=["POST"]),
    Route("/auth/deconnexion", sign_out, methods=["POST"]),
    Route("/auth/mot-de-passe/oublie", forgotten, methods=["POST"]),
    Route("/auth/mot-de-passe/nouveau", reset, methods=["POST"]),
    Route("/auth/invitation", invitation, methods=["POST"]),
    Route("/auth/premier-acces", first_staff, methods=["POST"]),
]
