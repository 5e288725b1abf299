"""The forms of the sign-up: the company, the person, the confirmation of her address.

| form | address | fields | page |
|---|---|---|---|
| entreprise | /auth/essai/entreprise | siren, legal_name, legal_form, street, postcode, city | /essai |
| personne | /auth/essai/personne | first_name, last_name, email, password | /essai/vous |
| personne | /auth/essai/renvoyer | | /essai/vous |
| confirmer | /auth/confirmer | jeton | /confirmer |
| confirmer | /auth/confirmer/renvoyer | jeton | /confirmer |

Once the mail has left, `draft.link_id` is set and `draft.sent_to` says where it went.
"""

from starlette.responses import Response
from starlette.routing import Route

from portal.contract.french import typeset
from portal.services import drafts
from portal.services import sign_up as service
from portal.services.forms import CompanyForm, FormProblems, PersonForm, read
from portal.web.routes.arriving import CONDITIONS
from portal.web.routes.auth import SIGN_IN
from portal.web.routes.submissions import FormPage, Submission, finished, received_by, say, see_other
from portal.web.running import portal
from portal.web.session import set_session

COMPANY = FormPage("entreprise", "/essai", tuple(CompanyForm.model_fields))
PERSON = FormPage(
    "personne",
    "/essai/vous",
    ("first_name", "last_name", "email"),
    # Without it the page says that the mail has left, where one has left before.
    asked={"corriger": "1"},
)
SENT = FormPage("personne", "/essai/vous")
CONFIRM = FormPage("confirmer", "/confirmer", carried=("jeton",))

_CONFIRMED = "Votre adresse est confirmée. Connectez-vous pour continuer."
_SENT_AGAIN = (
    "S’il reste une adresse à confirmer, un nouvel e-mail est en route. Les liens précédents ne servent plus."
)


@received_by(COMPANY)
async def company(submission: Submission) -> Response:
    """Keep the company, to be used once the person is known."""
    read_company = read(CompanyForm, submission.form)
    return await say(see_other(PERSON.page), submission, COMPANY, values=read_company.model_dump())


@received_by(PERSON)
async def person(submission: Submission) -> Response:
    """Make the account and send the mail; without a company, go and give it."""
    draft = await drafts.find(portal(), submission.draft)
    try:
        read_company = read(CompanyForm, draft.form(COMPANY.name).values)
    except FormProblems as problems:
        response = see_other(COMPANY.page)
        return await say(response, submission, COMPANY, errors=problems.errors)
    read_person = read(PersonForm, submission.form)
    values = read_person.model_dump(include=set(PERSON.fields))
    response = await say(see_other(PERSON.page), submission, PERSON, values=values)
    await service.sign_up(
        portal(), read_company, read_person, browser=submission.draft or "", origin=submission.origin
    )
    return response


@received_by(CONFIRM)
async def confirm(submission: Submission) -> Response:
    """Confirm the address; the browser that signed up is signed in, another one asks for the password."""
    confirmed = await service.confirm_address(
        portal(),
        submission["jeton"],
        browser=submission.draft,
        previous=submission.session,
        origin=submission.origin,
    )
    if confirmed.session is None:
        signing_in = see_other(SIGN_IN.address({"suite": CONDITIONS}))
        return await say(
            signing_in, submission, SIGN_IN, values={"email": confirmed.email}, notice=typeset(_CONFIRMED)
        )
    await finished(submission, COMPANY, PERSON, CONFIRM)
    response = see_other(CONDITIONS)
    set_session(response, confirmed.session)
    return response


@received_by(SENT)
async def send_again(submission: Submission) -> Response:
    """Send this browser's own confirmation again."""
    await service.send_again(portal(), token="", browser=submission.draft, origin=submission.origin)
    return await say(see_other(SENT.page), submission, SENT, notice=typeset(_SENT_AGAIN))


@received_by(CONFIRM)
async def renew_link(submission: Submission) -> Response:
    """Send another confirmation in place of a link that has expired."""
    await service.send_again(
        portal(), token=submission["jeton"], browser=submission.draft, origin=submission.origin
    )
    page = see_other(CONFIRM.address(submission.form))
    return await say(page, submission, CONFIRM, notice=typeset(_SENT_AGAIN))


ROUTES = [
    Route("/auth/essai/entreprise", company, methods=["POST"]),
    Route("/auth/essai/personne", person, methods=["POST"]),
    Route("/auth/essai/renvoyer", send_again, methods=["POST"]),
    Route("/auth/confirmer", confirm, methods=["POST"]),
    Route("/auth/confirmer/renvoyer", renew_link, methods=["POST"]),
]
