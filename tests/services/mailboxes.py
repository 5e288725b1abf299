"""What arrives: the mails that `deliver` wrote into the folder, read back as their reader would see them."""

import re
from collections.abc import Sequence
from html.parser import HTMLParser

from sqlalchemy.ext.asyncio import AsyncConnection

from portal.contract.french import NBSP
from portal.outside.mail import ReceivedMail, read_folder
from portal.services.consequences import post
from portal.services.context import Portal
from portal.services.links import Purpose, make, new_link_id
from portal.services.outbox import deliver

# The mails that carry a personal link, and what it is for.
LINKED = {
    "confirm_address": Purpose.CONFIRM_ADDRESS,
    "reset_password": Purpose.RESET_PASSWORD,
    "staff_invited": Purpose.FIRST_STAFF,
}


async def write(
    portal: Portal, template: str, person_id: str, *, purpose: Purpose | None = None, **params: object
) -> None:
    """Put a mail about an account into the outbox, with a fresh link where it has one."""
    link_id = new_link_id()

    async def work(connection: AsyncConnection) -> None:
        if purpose:
            await make(portal, connection, link_id, purpose, person_id)
        await post(
            connection,
            key=f"mail:{template}:{link_id}",
            template=template,
            person_id=person_id,
            as_of=portal.now(),
            machine_now=portal.machine_now(),
            params={"link_id": link_id} if purpose else params,
        )

    await portal.transact(work)


async def all_mails(portal: Portal) -> list[ReceivedMail]:
    """Deliver what waits and return every mail so far, in the order of their dates."""
    await deliver(portal)
    return sorted(
        read_folder(portal.settings.mail_folder), key=lambda mail: (mail.sent_at, template_of(mail))
    )


async def mails_called(portal: Portal, template: str) -> list[ReceivedMail]:
    return [mail for mail in await all_mails(portal) if template_of(mail) == template]


async def the_mail(portal: Portal, template: str) -> ReceivedMail:
    """Return the one mail of a template."""
    [mail] = await mails_called(portal, template)
    return mail


def template_of(mail: ReceivedMail) -> str:
    """Return the name of the template, with which every Message-ID begins."""
    name = re.match(r"<([a-z-]+)-[0-9a-f]", mail.message_id)
    assert name, mail.message_id
    return name[1].replace("-", "_")


def spaced(text: str) -> str:
    """Return a sentence written with plain spaces as the mails set it: dates and hours never break."""
    months = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    days = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    text = re.sub(rf"({days}) (\d+|1er) ({months}) (\d)", rf"\1{NBSP}\2{NBSP}\3{NBSP}\4", text)
    text = re.sub(r"(\d) h (\d)", rf"\1{NBSP}h{NBSP}\2", text)
    return re.sub(rf"\bà (\d+{NBSP}h)", rf"à{NBSP}\1", text)


class ReadHtml(HTMLParser):
    """What a reader sees of an HTML mail, passage by passage, and where its links lead."""

    _UNSEEN = ("style", "title")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.passages: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self._open: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        values = dict(attrs)
        if href := values.get("href"):
            self.links.append(href)
        if tag != "meta":
            hidden = tag in self._UNSEEN or "display:none" in (values.get("style") or "")
            self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(hidden for _, hidden in self._open):
            self.passages.append(data)
