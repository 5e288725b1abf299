"""Contracts of 17 March 2026 near the limit for notice, 16 February 2027 (rules, section 5), for tests of notices.

Nobody pays: what is invoiced and suspended meanwhile changes nothing to a notice, and a year is lived at once.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.refusal import Refusal
from portal.outside.mail import ReceivedMail
from portal.records.tables import dossiers, outbox
from portal.services.chunks import bring_up_to_date
from portal.services.context import Portal
from portal.services.notice_forms import NoticeForm, PostedForm
from portal.services.notices import effect_on, own_notice, prepare, shown_of, tell_posted
from tests.clock import FixedClock
from tests.lived import lived_once
from tests.services.clients import ORIGIN, Client, paris
from tests.services.contracts import a_contract
from tests.services.mailboxes import all_mails, template_of

LIMIT, LATE = date(2027, 2, 16), date(2027, 2, 17)
LAST_DAY, NEXT_LAST_DAY = date(2027, 3, 16), date(2028, 3, 16)
NUMBER = "CT-2026-0001"
TRACKING = "1A23456789012"


@lived_once
async def a_numbered_contract(
    portal: Portal, clock: FixedClock, until: datetime, number: str = NUMBER, **names: str
) -> Client:
    """Return a client with a contract of 17 March 2026 that has its number, at `until`."""
    client, _ = await a_contract(portal, clock, **names)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(
            sa.insert(dossiers).values(
                contract_id=client.contract_id,
                number=number,
                capital="10 000 €",
                rcs_city="Dunkerque",
                vat_number="",
                signatory_name="Anne Leroy",
                signatory_capacity="présidente",
                users=5,
                options={},
                holder="",
                iban_hint="",
                bic="",
                bank_name="",
                updated_at=portal.now(),
            )
        )

    await portal.transact(work)
    clock.move_to(until)
    await bring_up_to_date(portal, client.contract_id)
    return client


async def shown_for(portal: Portal, client: Client, day: date) -> str:
    """Return what stands for the effect that her page shows of a letter posted on `day`."""
    effect = effect_on((await own_notice(portal, client.viewer)).contract.state, day, portal.now())
    assert not isinstance(effect, Refusal)
    return shown_of(effect)


async def post_notice(portal: Portal, client: Client, day: date) -> None:
    """Prepare the letter and tell that it was posted on `day`, as her page does."""
    await prepare(portal, client.viewer, NoticeForm(day=day.isoformat(), reason="price", words=""), ORIGIN)
    shown = await shown_for(portal, client, day)
    await tell_posted(
        portal, client.viewer, PostedForm(day=day.isoformat(), tracking=TRACKING), shown, ORIGIN
    )


async def give_up_others(portal: Portal, *templates: str) -> None:
    """Leave the mails of other templates undelivered: to print a year's invoices is another test's matter."""

    async def work(connection: AsyncConnection) -> None:
        others = outbox.c.template.not_in(templates)
        await connection.execute(sa.update(outbox).where(others).values(next_attempt_at=None))

    await portal.transact(work)


async def mails_alone(portal: Portal, *templates: str) -> list[ReceivedMail]:
    """Deliver the mails of these templates and return them; a year's others, invoices and all, are left."""
    await give_up_others(portal, *templates)
    return [mail for mail in await all_mails(portal) if template_of(mail) in templates]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def last_evening() -> datetime:
    return paris(LIMIT, 23, 50)
