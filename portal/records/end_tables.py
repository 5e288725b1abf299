"""The tables of a contract's end: restitution, destruction, what is kept and what was purged. See `tables` for their manner."""

import sqlalchemy as sa
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from portal.records import access_tables
from portal.records.tables import HASH, ID, metadata
from portal.records.types import Instant

# A restitution that was asked for: the CRM's export that staff attach, and our own archive, built after it.
restitutions = Table(
    "restitutions",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("export_key", HASH),  # the SHA-256 of the file, which is its name in the sealed storage
    Column("export_name", String(100), nullable=False),
    Column("export_size", BigInteger, nullable=False),
    Column("exported_at", Instant),
    Column("exported_by", ID),
    Column("archive_key", HASH),
    Column("archive_size", BigInteger, nullable=False),
    Column("parts_done", Integer, nullable=False),  # of the archive that is being built
    Column("parts", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, index=True),  # None: nothing to build
    Column("problem", String(200), nullable=False),
    Column("prepared_at", Instant),
    Column("taken_at", Instant),  # the first time that the client took one of the two files
)

# What a destruction leaves: one certificate of a contract, drawn once the CRM has taken the order.
certificates = Table(
    "certificates",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("made_at", Instant, nullable=False),
    Column("file_key", HASH, nullable=False),
    Column("destroyed", sa.JSON, nullable=False),  # of each file: what it was, its SHA-256, its size
)

# A dispute keeps all that is known of a company (gel pour contentieux): nothing of it is purged meanwhile.
litigation_holds = Table(
    "litigation_holds",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("set_at", Instant, nullable=False),
    Column("set_by", ID, nullable=False),
    Column("lifted_at", Instant),
    Column("lifted_by", ID),
    Column("lifted_for", Text, nullable=False),
    Index(
        "uq_litigation_holds_company_id_open",
        "company_id",
        unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"),
        postgresql_where=sa.text("lifted_at IS NULL"),
    ),
)

# Files that the storage is to forget, unless another row still uses them: carried out after the commit.
doomed_files = Table(
    "doomed_files",
    metadata,
    Column("file_key", HASH, primary_key=True),
    Column("since", Instant, nullable=False),
)

# What was purged, when: kinds and counts, never content. The ids name nothing any more.
purges = Table(
    "purges",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("category", String(20), nullable=False),
    Column("contract_id", ID, index=True),
    Column("counts", sa.JSON, nullable=False),
)

# The last time that somebody of a company was here, kept when the journal's line goes.
last_contacts = Table(
    "last_contacts",
    metadata,
    Column("company_id", ID, ForeignKey("companies.id"), primary_key=True),
    Column("at", Instant, nullable=False),
)

# Every table is declared by now.
SCHEMA = access_tables.SCHEMA
