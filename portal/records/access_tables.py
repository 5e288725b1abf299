"""The tables of access: sessions, links and codes, what a browser began, how often was tried. See `tables` for their manner."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from portal.records.tables import HASH, ID, metadata
from portal.records.types import Instant

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("person_id", ID, ForeignKey("accounts.person_id"), nullable=False, index=True),
    Column("code_hash", HASH, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("used_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", HASH, primary_key=True),
    Column("public_id", ID, nullable=False, unique=True),  # names the session on its owner's page
    Column("person_id", ID, ForeignKey("accounts.person_id"), nullable=False, index=True),
    Column("strength", String(20), nullable=False),  # password | totp | awaiting_code | enrolling
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ip", String(45), nullable=False),
    Column("user_agent", String(300), nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", ID, primary_key=True),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("purpose", String(30), nullable=False),
    Column("person_id", ID, index=True),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id_hash", HASH, primary_key=True),
    Column("forms", sa.JSON, nullable=False),
    Column("link_id", ID),  # the address confirmation that this browser asked for
    Column("sent_to", String(254), nullable=False),
    Column("sent_at", Instant),
    Column("updated_at", Instant, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key_hash", HASH, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_attempts_key_hash_at", "key_hash", "at"),
)

# The private address under which a calendar program reads an administrator's dates: each has one at most.
feeds = Table(
    "feeds",
    metadata,
    Column("person_id", ID, ForeignKey("persons.id"), primary_key=True),
    Column("token_hash", HASH, nullable=False, unique=True),
    Column("made_at", Instant, nullable=False),
    Column("read_at", Instant),  # lately, to the hour
)

SCHEMA = metadata
