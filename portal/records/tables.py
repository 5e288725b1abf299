"""The tables, but for those of money (`billing_tables`), of the end (`end_tables`) and of access (`access_tables`). Ids are UUIDs as text; instants are UTC; what can be rebuilt from events is marked.

`company` is the tenant: every row about a client leads to one, and every query of a service says which.
"""

import sqlalchemy as sa
from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from portal.records.types import Instant

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

ID = String(36)
HASH = String(64)

# --- who -----------------------------------------------------------------------------------------

companies = Table(
    "companies",
    metadata,
    Column("id", ID, primary_key=True),
    Column("siren", String(9), nullable=False, index=True),
    Column("legal_name", String(200), nullable=False),
    Column("legal_form", String(100), nullable=False),
    Column("street", String(200), nullable=False),
    Column("postcode", String(10), nullable=False),
    Column("city", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
)

persons = Table(
    "persons",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), index=True),  # None: the vendor's staff
    Column("email", String(254), nullable=False),
    Column("first_name", String(100), nullable=False),
    Column("last_name", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    # A named user has an e-mail of her own within her company (art. 7).
    UniqueConstraint("company_id", "email"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("person_id", ID, ForeignKey("persons.id"), primary_key=True),
    Column("email", String(254), nullable=False, unique=True),
    Column("role", String(20), nullable=False),  # client | staff
    Column("password_hash", String(200), nullable=False),
    Column("confirmed_at", Instant),
    Column("totp_secret", LargeBinary),  # encrypted
    Column("totp_confirmed_at", Instant),
    Column("totp_last_counter", Integer),
    Column("created_at", Instant, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("person_id", ID, index=True),  # whose page shows it
    Column("company_id", ID, index=True),
    Column("by_id", ID),  # who did it; None: the portal itself
    Column("kind", String(40), nullable=False),
    Column("details", sa.JSON, nullable=False),
    Column("ip", String(45), nullable=False),
)

# --- the contract --------------------------------------------------------------------------------

contracts = Table(
    "contracts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("kind", String(60), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON: its bytes are what the hash covers
    Column("at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("previous_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    # The concurrency check: two who decide on the same history cannot both record.
    sa.PrimaryKeyConstraint("contract_id", "seq", name="pk_events"),
)

# Rebuilt from events.
situations = Table(
    "situations",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("relationship", String(20), nullable=False, index=True),
    Column("service", String(20), nullable=False),
    Column("data", String(20), nullable=False),
    Column("users", Integer, nullable=False),
    Column("trial_started_at", Instant),
    Column("changed_at", Instant, nullable=False),
    Column("next_due_at", Instant),
    Column("monthly_cents", BigInteger, nullable=False, server_default="0"),  # of a contract in force
    Column("term_ends_on", Date, index=True),  # the last day of its term
    Column("ends_on", Date, index=True),  # its last day, once it is known that it is not renewed
    Column("end_cause", String(20)),  # client_notice | vendor_notice | refused_price | refused_terms
    Column("end_declared_at", Instant),  # when that notice was recorded, or that refusal
    # What an announcement to the contracts in force needs to know of each (`contract.announcing.Standing`).
    Column("entered_on", Date),
    Column("terms", Integer, nullable=False, server_default="0"),
    Column("unit_cents", BigInteger, nullable=False, server_default="0"),
    Column("invoiced_users", Integer, nullable=False, server_default="0"),
    Column("options_cents", BigInteger, nullable=False, server_default="0"),
    Column("terms_version", String(40), nullable=False, server_default=""),
    Column("changes", Text, nullable=False, server_default=""),  # a JSON list: its text is compared as it is
    # A night's contracts are all due at one instant: some are claimed in this order, the others not even read.
    Index("ix_situations_next_due_at_contract_id", "next_due_at", "contract_id"),
)

# What a history had come to at one of its events, so that a night's run need not begin with the first. Never
# the truth: `under` says by which rules and which offer it was reached, and under others it says nothing.
kept_states = Table(
    "kept_states",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", HASH, nullable=False),  # of that event
    Column("signed_at", Instant),
    Column("under", HASH, nullable=False),
    Column("state", Text, nullable=False),
)

# Rebuilt from events.
registrations = Table(
    "registrations",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("person_id", ID, nullable=False, index=True),
    Column("registered_at", Instant, nullable=False),
    Column("removed_at", Instant),
    sa.PrimaryKeyConstraint("contract_id", "position", name="pk_registrations"),
)

# Rebuilt from events. The key makes the one trial of a SIREN (art. 5.1) a matter of the database.
trials = Table(
    "trials",
    metadata,
    Column("siren", String(9), nullable=False),
    Column("nth", Integer, nullable=False),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, unique=True),
    sa.PrimaryKeyConstraint("siren", "nth", name="pk_trials"),
)

trial_allowances = Table(
    "trial_allowances",
    metadata,
    Column("id", ID, primary_key=True),
    Column("siren", String(9), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("at", Instant, nullable=False),
)

# A history that would have broken an invariant: nothing is decided on it until a person has looked.
parked = Table(
    "parked",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("breaches", Text, nullable=False),  # a JSON list of sentences
)

# A destruction that an outage made late, waiting for a person (T6).
held_destructions = Table(
    "held_destructions",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("by_id", ID),
)

terms = Table(
    "terms",
    metadata,
    Column("version", String(40), primary_key=True),
    Column("text", Text, nullable=False),
    Column("sha256", HASH, nullable=False, unique=True),
    Column("published_at", Instant, nullable=False),
    Column("applies_from", Instant, nullable=False),
)

# Who accepted what, from where. The event holds only `digest`, a salted hash of all this.
acceptances = Table(
    "acceptances",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("person_id", ID, ForeignKey("persons.id"), nullable=False),
    Column("version", String(40), ForeignKey("terms.version"), nullable=False),
    Column("text_sha256", HASH, nullable=False),
    Column("at", Instant, nullable=False),
    Column("ip", String(45), nullable=False),
    Column("user_agent", String(300), nullable=False),
    Column("salt", HASH, nullable=False),
    Column("digest", HASH, nullable=False),
)

# --- the dossier ---------------------------------------------------------------------------------

# What the papers of a contract say beside its company: who signs, how many users, which account pays.
dossiers = Table(
    "dossiers",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), primary_key=True),
    Column("number", String(20), unique=True),  # the contract's number, from its first paper on
    Column("capital", String(60), nullable=False),
    Column("rcs_city", String(100), nullable=False),
    Column("vat_number", String(20), nullable=False),
    Column("signatory_name", String(200), nullable=False),
    Column("signatory_capacity", String(100), nullable=False),
    Column("users", Integer, nullable=False),
    Column("options", sa.JSON, nullable=False),  # how many of each code
    Column("holder", String(140), nullable=False),
    Column("iban", LargeBinary),  # encrypted
    Column("iban_hint", String(60), nullable=False),  # the only form in which a page shows it
    Column("bic", String(11), nullable=False),
    Column("bank_name", String(140), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

# Each printing of a paper to sign. Its codes name the edition, so that an old printing is recognised.
papers = Table(
    "papers",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("piece", String(10), nullable=False),
    Column("edition", Integer, nullable=False),
    Column("facts", LargeBinary, nullable=False),  # what is printed, encrypted
    Column("facts_sha256", HASH, nullable=False),  # the same facts are the same edition
    Column("printed_at", Instant, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("signature", sa.JSON, nullable=False),  # where one signs
    Column("file_key", HASH, nullable=False),
    sa.PrimaryKeyConstraint("contract_id", "piece", "edition", name="pk_papers"),
)

# Each version of a piece that a client sent, and what was read of it. Files are in the sealed storage.
pieces = Table(
    "pieces",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("piece", String(10), nullable=False),
    Column("revision", Integer, nullable=False),  # counts what was corrected of its reading
    Column("received_at", Instant, nullable=False),  # when its request began
    Column("submitted_at", Instant),  # None: it waits for what could not be read of it
    Column("by_id", ID, nullable=False),
    Column("name", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", HASH, nullable=False),  # of all that was received
    Column("originals", sa.JSON, nullable=False),  # the keys of the files as received
    Column("copy_key", HASH, nullable=False),  # the copy without active content, a PDF
    Column(
        "previews", sa.JSON, nullable=False
    ),  # the keys of the pictures of its pages, "" where there is none
    Column("reading", LargeBinary, nullable=False),  # encrypted: it names people
    Column("remark", Text, nullable=False),  # what staff wrote to the client when they refused it
    Column("emptied_at", Instant),  # its files were erased; their hashes and what counts of the reading stay
    UniqueConstraint("contract_id", "piece", "sha256"),
)

# A piece on its way: nothing that falls due after its request began happens before it is there (art. 5.1).
arrivals = Table(
    "arrivals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("started_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),  # of the machine's clock
)

# Who of the staff has which dossier in front of them.
presences = Table(
    "presences",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("person_id", ID, ForeignKey("persons.id"), nullable=False),
    Column("seen_at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("contract_id", "person_id", name="pk_presences"),
)

# Numbers without gaps: the row is locked by the transaction that uses the number.
counters = Table(
    "counters",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Integer, nullable=False),
)

# --- to do after commit --------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("template", String(40), nullable=False),
    Column("person_id", ID, index=True),
    Column("contract_id", ID, index=True),
    Column("params", sa.JSON, nullable=False),
    Column("as_of", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant),  # None: nothing more to try
    Column("sent_at", Instant),
    Column("problem", String(200), nullable=False),
    Column("recipient", String(254), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("text", Text, nullable=False),  # as sent, personal links left out
    Index("ix_outbox_next_attempt_at", "next_attempt_at"),
)

provisioning = Table(
    "provisioning",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("action", String(20), nullable=False),
    Column("at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, index=True),
    Column("asked_at", Instant),
    Column("problem", String(200), nullable=False),
)
