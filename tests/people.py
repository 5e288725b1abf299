"""People for tests: they come in through the same services as anyone, with fixed values."""

from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from portal.records.access_tables import links
from portal.records.tables import outbox
from portal.services import drafts, second_factor, sessions
from portal.services.context import Origin, Portal, Role, Viewer
from portal.services.forms import CompanyForm, PersonForm, read
from portal.services.links import Purpose, address
from portal.services.sessions import Session
from portal.services.sign_up import confirm_address, sign_up
from portal.services.staff import become_first_staff, first_staff_link

ORIGIN = Origin("192.0.2.7", "Test/1.0")
PASSWORD = "trois brouettes en ut dièse"
SIREN, OTHER_SIREN = "732829320", "552100554"


@dataclass(frozen=True, slots=True)
class Person:
    """Someone signed in: who she is for services, her cookie, her address."""

    viewer: Viewer
    cookie: str
    email: str
    password: str = PASSWORD

    async def session(self, portal: Portal) -> Session:
        found = await sessions.session_of(portal, self.cookie)
        assert found is not None
        return found


def company_form(siren: str = SIREN, legal_name: str = "Atelier Nord") -> CompanyForm:
    return read(
        CompanyForm,
        {
            "siren": siren,
            "legal_name": legal_name,
            "legal_form": "SAS",
            "street": "14 rue du Port",
            "postcode": "59140",
            "city": "Dunkerque",
        },
    )


def person_form(email: str = "anne.leroy@atelier-nord.example", password: str = PASSWORD) -> PersonForm:
    names = {"first_name": "Anne", "last_name": "Leroy"}
    return read(PersonForm, {**names, "email": email, "password": password})


async def a_browser(portal: Portal) -> str:
    """Return the draft cookie of a browser that has given its company."""
    return await drafts.keep(portal, None, "entreprise", values=company_form().model_dump())


async def last_token(portal: Portal, purpose: Purpose) -> str:
    """Return the secret of the link that was mailed last."""
    async with portal.database.reading() as connection:
        rows = await connection.execute(sa.select(outbox.c.params).order_by(outbox.c.id.desc()))
        link_id = next(row.params["link_id"] for row in rows if "link_id" in row.params)
        known = await connection.scalar(sa.select(links.c.purpose).where(links.c.id == link_id))
    assert known == purpose.value
    return token_in(address(portal.settings, purpose, link_id))


def token_in(address_with_link: str) -> str:
    return address_with_link.partition("?jeton=")[2]


async def a_client(
    portal: Portal,
    *,
    email: str = "anne.leroy@atelier-nord.example",
    siren: str = SIREN,
    password: str = PASSWORD,
) -> Person:
    """Sign up, confirm and be signed in."""
    browser = await a_browser(portal)
    await sign_up(portal, company_form(siren), person_form(email, password), browser=browser, origin=ORIGIN)
    token = await last_token(portal, Purpose.CONFIRM_ADDRESS)
    confirmed = await confirm_address(portal, token, browser=browser, previous=None, origin=ORIGIN)
    assert confirmed.session is not None
    viewer = await sessions.viewer_of(portal, confirmed.session)
    assert viewer is not None
    return Person(viewer, confirmed.session, email, password)


STAFF_PASSWORD = "cinq brouettes en ut dièse"


async def staff_enrolling(portal: Portal, email: str = "yves@prestataire.example") -> str:
    """Become the first member of the staff; return the cookie, good for setting up the second factor."""
    link = await first_staff_link(portal)
    assert link is not None
    return await become_first_staff(portal, token_in(link), person_form(email, STAFF_PASSWORD), ORIGIN)


async def a_member_of_staff(portal: Portal, email: str = "yves@prestataire.example") -> Person:
    """Become the first member of the staff, second factor and all."""
    enrolling = await sessions.session_of(portal, await staff_enrolling(portal, email))
    assert enrolling is not None
    cookie, _ = await with_second_factor(portal, enrolling, STAFF_PASSWORD)
    viewer = await sessions.viewer_of(portal, cookie)
    assert viewer is not None
    assert viewer.role is Role.STAFF
    return Person(viewer, cookie, email, STAFF_PASSWORD)


async def with_second_factor(
    portal: Portal, session: Session, password: str = PASSWORD
) -> tuple[str, pyotp.TOTP]:
    """Set up a second factor; return the cookie that follows, and the authenticator."""
    await second_factor.begin(portal, session, password, ORIGIN)
    shown = await second_factor.enrolment(portal, session)
    assert shown is not None
    authenticator = pyotp.TOTP(shown.secret.replace(" ", ""))
    code = authenticator.at(portal.machine_now())
    return await second_factor.confirm(portal, session, code, ORIGIN), authenticator


async def templates_sent_to(portal: Portal, person_id: str) -> list[str]:
    """Return the mails in the outbox for someone, oldest first."""
    async with portal.database.reading() as connection:
        return list(
            await connection.scalars(
                sa.select(outbox.c.template).where(outbox.c.person_id == person_id).order_by(outbox.c.id)
            )
        )
