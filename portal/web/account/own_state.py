"""The events of `/espace/compte` and of a second factor being set up: look only, the forms send themselves."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from portal.contract.french import full_instant
from portal.services import journal, second_factor, sessions
from portal.services.context import Role, Viewer
from portal.services.journal_words import sentence_of
from portal.services.reading import own_contract
from portal.services.sessions import OpenSession, Strength
from portal.web.account.draft_state import DraftState
from portal.web.client.evidence_state import EvidenceState
from portal.web.client.feed_state import FeedState
from portal.web.client.space_view import next_dates_of
from portal.web.components.shapes import Mark
from portal.web.handlers import PersonalState, of
from portal.web.running import portal
from portal.web.session import session_from_state


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One open session of one's own."""

    public_id: str = ""
    device: str = ""
    since: str = ""
    seen: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of one's own journal."""

    when: str = ""
    sentence: str = ""


class AccountState(PersonalState, rx.State):
    """One's own account."""

    is_staff: bool = False
    factor_on: bool = False
    codes_left: str = ""
    # What they are is never here: see `routes/secrets.py`.
    has_codes_to_read: bool = False
    is_setting_up: bool = False
    open_sessions: list[SessionRow] = []
    entries: list[JournalRow] = []
    next_marks: list[Mark] = []

    @rx.event
    @of(Role.CLIENT, Role.STAFF)
    async def load(self, viewer: Viewer) -> Any:
        running = portal()
        self.is_staff = viewer.role is Role.STAFF
        self.next_marks = [] if self.is_staff else next_dates_of(await own_contract(running, viewer))
        standing = await second_factor.standing(running, viewer)
        self.factor_on = standing.is_on
        self.has_codes_to_read = bool(standing.codes.readable)
        self.codes_left = str(standing.codes.left)
        session = await session_from_state(self)
        self.is_setting_up = session is not None and await second_factor.is_begun(running, session)
        self.open_sessions = [_session_row(one) for one in await sessions.own_sessions(running, viewer)]
        async with running.database.reading() as connection:
            lines = await journal.of_person(connection, viewer.person_id)
        self.entries = [JournalRow(full_instant(one.at), sentence_of(one)) for one in lines]
        self.loaded = True
        return DraftState.load if self.is_staff else [DraftState.load, FeedState.load, EvidenceState.load]


class EnrolState(rx.State):
    """A member of the staff who has shown her password and has no second factor yet."""

    is_setting_up: bool = False
    loaded: bool = False

    @rx.event
    async def load(self) -> Any:
        session = await session_from_state(self)
        if session is None or session.strength is not Strength.ENROLLING:
            self.is_setting_up = False
            return rx.redirect("/connexion")
        self.is_setting_up = await second_factor.is_begun(portal(), session)
        self.loaded = True
        return DraftState.load


def _session_row(one: OpenSession) -> SessionRow:
    return SessionRow(
        public_id=one.public_id,
        device=f"{_device(one.user_agent)} · {one.ip}" if one.ip else _device(one.user_agent),
        since=full_instant(one.started_at),
        seen=full_instant(one.seen_at),
        is_current=one.is_current,
    )


# In this order: each of the later ones also names an earlier one in its own description.
_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def _device(user_agent: str) -> str:
    """Return a browser and a system as a person calls them."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Navigateur")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return f"{browser} sur {system}" if system else browser
