"""The tables of money: prices and rates, invoices, the bank, what two decide. See `tables` for their manner."""

from typing import Final

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

from portal.records import end_tables
from portal.records.tables import HASH, ID, metadata
from portal.records.types import Instant

# --- prices and rates ----------------------------------------------------------------------------

# The price grids (Grille tarifaire), each in force from a day on; a contract keeps the one it was signed under.
grids = Table(
    "grids",
    metadata,
    Column("id", ID, primary_key=True),
    Column("applies_from", Date, nullable=False, unique=True),
    Column("minimum_users", Integer, nullable=False),
    Column("user_month_cents", Integer, nullable=False),
    Column("options", sa.JSON, nullable=False),  # code, label, price_cents, monthly
    Column("published_at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
)

# A change announced to the contracts in force: the price of a grid, or a version of the terms (art. 10.1, 17).
announcements = Table(
    "announcements",
    metadata,
    Column("id", ID, primary_key=True),
    Column("what", String(10), nullable=False),  # price | terms
    Column("grid_id", ID),
    Column("user_month_cents", Integer),
    Column("version", String(40), ForeignKey("terms.version")),
    Column("not_before", Date, nullable=False),  # no contract it applies to before that day
    Column("announced_at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("finished_at", Instant),
    # One at a time of each kind: two who announce at once announce one after the other.
    Index(
        "uq_announcements_what_running",
        "what",
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    ),
)

# What an announcement does to each contract that was in force when it was made: its row is done once.
announced_contracts = Table(
    "announced_contracts",
    metadata,
    Column("announcement_id", ID, ForeignKey("announcements.id"), nullable=False),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("outcome", String(10), nullable=False),  # "" while it waits | announced | left_out | refused
    Column("reason", Text, nullable=False),  # why it was left out, or the sentence that refused it
    Column("applies_from", Date),
    Column("before_cents", Integer),
    Column("after_cents", Integer),
    Column("quantity", Integer),
    Column("done_at", Instant),
    sa.PrimaryKeyConstraint("announcement_id", "contract_id", name="pk_announced_contracts"),
    Index("ix_announced_contracts_announcement_id_outcome", "announcement_id", "outcome"),
)

# Rebuilt from events. Terms that became a contract's by its tacit renewal: nobody's act, so no person and no address.
renewal_acceptances = Table(
    "renewal_acceptances",
    metadata,
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # of the renewal
    Column("announced_seq", Integer, nullable=False),  # of the announcement that was not refused
    Column("version", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    sa.PrimaryKeyConstraint("contract_id", "seq", name="pk_renewal_acceptances"),
)

# The legal interest rate by half-year, « 2026-2 », in hundredths of a percent (art. 10.4).
legal_rates = Table(
    "legal_rates",
    metadata,
    Column("half_year", String(6), primary_key=True),
    Column("hundredths", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
)

# The VAT of a client whose place does not tell it, as staff decided.
vat_decisions = Table(
    "vat_decisions",
    metadata,
    Column("company_id", ID, ForeignKey("companies.id"), primary_key=True),
    Column("hundredths", Integer, nullable=False),
    Column("mention", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
)

# --- invoices ------------------------------------------------------------------------------------

# Rebuilt from events. Invoices and credit notes; of a month, each kind of document is issued once.
invoices = Table(
    "invoices",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("seq", Integer, nullable=False),  # of the event that issued it
    Column("kind", String(12), nullable=False),  # invoice | credit_note
    Column("occasion", String(10), nullable=False),  # first | periodic | final | other
    Column("month", String(7), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date),
    Column("collection_on", Date),
    Column("cites", String(40)),
    Column("net_cents", BigInteger, nullable=False),
    Column("vat_hundredths", Integer, nullable=False),
    Column("vat_cents", BigInteger, nullable=False),
    Column("gross_cents", BigInteger, nullable=False),
    Column("payment", String(12), nullable=False),  # open | in_default | settled; "" for a credit note
    Column("unpaid_cents", BigInteger, nullable=False),
    Column("settled_on", Date),
    Index(
        "uq_invoices_contract_id_month_occasion",
        "contract_id",
        "month",
        "occasion",
        unique=True,
        sqlite_where=sa.text("occasion <> 'other'"),
        postgresql_where=sa.text("occasion <> 'other'"),
    ),
    Index("ix_invoices_payment_due_on", "payment", "due_on"),
    Index("ix_invoices_issued_on", "issued_on"),
)

# The entry of an event in the vendor's books: its number of its journal's series of the year, given once (LPF, A. 47 A-1).
accounting_entries = Table(
    "accounting_entries",
    metadata,
    Column("journal", String(2), nullable=False),  # VE | BQ
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("entered_on", Date, nullable=False, index=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("seq", Integer, nullable=False),  # of the event that it is of
    sa.PrimaryKeyConstraint("journal", "year", "number", name="pk_accounting_entries"),
    UniqueConstraint("contract_id", "seq"),
)

# The document of an invoice or credit note: rendered once, after its issue, and the same ever after.
invoice_papers = Table(
    "invoice_papers",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("facts", LargeBinary, nullable=False),  # what it says of the parties, encrypted, as they were
    Column("pdf_key", HASH),
    Column("pdf_sha256", HASH),
    Column("rendered_at", Instant),
    Column("deposited_at", Instant),  # with the e-invoicing platform
)

# --- the bank ------------------------------------------------------------------------------------

# The SEPA mandates of a contract: another account is another mandate (art. 10.2).
mandates = Table(
    "mandates",
    metadata,
    Column("reference", String(35), primary_key=True),  # UMR
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("edition", Integer, nullable=False),
    Column("holder", String(140), nullable=False),
    Column("iban", LargeBinary, nullable=False),  # encrypted
    Column("iban_hint", String(60), nullable=False),
    Column("bic", String(11), nullable=False),
    Column("bank_name", String(140), nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("accepted_at", Instant, nullable=False),
    Column("last_presented_on", Date),
    Column("blocked_at", Instant),
    Column("blocked_for", String(10), nullable=False),  # the bank's reason code
    Column("replaced_at", Instant),
    UniqueConstraint("contract_id", "edition"),
)

collection_files = Table(
    "collection_files",
    metadata,
    Column("id", String(35), primary_key=True),  # the bank's MsgId
    Column("collection_on", Date, nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("file_key", HASH, nullable=False),
    Column("handed_over_at", Instant),  # downloaded, or dropped into the bank's folder
)

collections = Table(
    "collections",
    metadata,
    Column("end_to_end_id", String(35), primary_key=True),
    Column("invoice_number", String(40), nullable=False),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False),
    Column("mandate_reference", String(35), ForeignKey("mandates.reference"), nullable=False),
    Column("sequence", String(4), nullable=False),  # FRST | RCUR
    Column("amount_cents", BigInteger, nullable=False),
    Column("collection_on", Date, nullable=False),
    Column("file_id", String(35), ForeignKey("collection_files.id"), nullable=False, index=True),
    Column("standing", String(10), nullable=False),  # open | settled | rejected | returned | refunded
    Column("reason_code", String(10), nullable=False),
    Column("closed_at", Instant),
    # One live collection of an invoice at a time.
    Index(
        "uq_collections_invoice_number_open",
        "invoice_number",
        unique=True,
        sqlite_where=sa.text("standing = 'open'"),
        postgresql_where=sa.text("standing = 'open'"),
    ),
)

bank_messages = Table(
    "bank_messages",
    metadata,
    Column("sha256", HASH, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("message_id", String(70), nullable=False),
    Column("name", String(100), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("file_key", HASH, nullable=False),
    Column("finished_at", Instant),
)

bank_lines = Table(
    "bank_lines",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),  # the same line of two files is one line
    Column("message_sha256", HASH, ForeignKey("bank_messages.sha256"), nullable=False, index=True),
    Column(
        "kind", String(10), nullable=False
    ),  # settled | rejected | returned | refunded | transfer | unknown
    Column("end_to_end_id", String(35), nullable=False),
    Column(
        "reference", LargeBinary, nullable=False
    ),  # what the bank wrote beside it, encrypted: it may name people
    Column("amount_cents", BigInteger, nullable=False),
    Column("booked_on", Date, nullable=False),
    Column("reason_code", String(10), nullable=False),
    Column("standing", String(10), nullable=False, index=True),  # applied | awaiting | waiting | resolved
    Column("invoice_number", String(40), nullable=False),
    Column("problem", Text, nullable=False),  # why staff must look at it
    Column("resolution", Text, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", ID),
)

# --- decisions of two, and what is done on quotation ---------------------------------------------

# A credit note that one member of the staff proposes and another decides.
credit_proposals = Table(
    "credit_proposals",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("cites", String(40), nullable=False),
    Column("net_cents", BigInteger, nullable=False),
    Column("label", String(200), nullable=False),  # what the client reads on its line
    Column("reason", Text, nullable=False),
    Column("proposed_by", ID, nullable=False),
    Column("proposed_at", Instant, nullable=False),
    Column("decided_by", ID),
    Column("decided_at", Instant),
    Column("accepted", sa.Boolean),
    Column("number", String(40)),
)

# A service on quotation (art. 5.3): asked for, answered with a price until a day, accepted or declined.
quotes = Table(
    "quotes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("company_id", ID, ForeignKey("companies.id"), nullable=False, index=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False),
    Column("service", String(40), nullable=False),
    Column("need", Text, nullable=False),
    Column("asked_by", ID, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answer", Text, nullable=False),
    Column("label", String(200), nullable=False),
    Column("price_cents", BigInteger),
    Column("valid_until", Date),
    Column("answered_by", ID),
    Column("answered_at", Instant),
    Column("decided_by", ID),
    Column("decided_at", Instant),
    Column("accepted", sa.Boolean),
)

# Registered letters: what is sent, and the proofs of it. Four dates are kept: written (made_at), deposited
# (posted_on), first presented and delivered.
letters = Table(
    "letters",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("kind", String(40), nullable=False),
    Column("file_key", HASH, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("since", Date),  # from when what the letter speaks of runs: the force majeure, the formal demand
    Column("addressee", Text),  # name and lines, where it is not the client
    Column("posted_on", Date),
    Column("tracking", String(40), nullable=False),
    Column("proof_key", HASH),  # of its reception
    Column("deposit_key", HASH),  # of its deposit
    Column("presented_on", Date),
    Column("delivered_on", Date),
    Column("outcome", String(12), nullable=False, server_default=""),  # delivered | refused | unclaimed
)

# A letter that a provider of electronic registered letters is asked to deposit: tried until it is, then followed.
registered_deposits = Table(
    "registered_deposits",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("letter_id", ID, ForeignKey("letters.id"), nullable=False, unique=True),
    Column("key", String(200), nullable=False, unique=True),  # sent twice under it, it is one letter
    Column("asked_at", Instant, nullable=False),
    Column("by_id", ID, nullable=False),
    Column("provider_id", String(100), unique=True),  # None until the provider has taken it
    Column("deposited_at", Instant),
    Column("recorded_at", Instant),  # when the contract was told
    Column("closed_at", Instant),  # nothing more is asked of the provider
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Instant, index=True),
    Column("problem", String(200), nullable=False),
)

# What the provider has said of a letter, each thing once: DEPOSE, PRESENTE, REMIS, REFUSE, NON_RECLAME.
registered_statuses = Table(
    "registered_statuses",
    metadata,
    Column("letter_id", ID, ForeignKey("letters.id"), nullable=False),
    Column("code", String(12), nullable=False),
    Column("at", Instant, nullable=False),
    Column("proof_key", HASH),
    sa.PrimaryKeyConstraint("letter_id", "code", name="pk_registered_statuses"),
)

# A notice (dénonciation) from its first draft on; its events say when it counts, this why and by whom.
notices = Table(
    "notices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("contract_id", ID, ForeignKey("contracts.id"), nullable=False, index=True),
    Column("party", String(10), nullable=False),  # client | vendor
    Column("reason", String(40), nullable=False),  # one of the ready ones, or ""
    Column("words", Text, nullable=False),
    Column("letter_id", ID, ForeignKey("letters.id")),
    Column("prepared_by", ID, nullable=False),
    Column("prepared_at", Instant, nullable=False),
    Column("decided_by", ID),  # of the vendor's: who accepted or declined it
    Column("decided_at", Instant),
    Column("accepted", sa.Boolean),
    Column("served_at", Instant),  # when it was recorded in the contract
    Column("waived_by", ID),
    Column("waived_at", Instant),
    Column("waiver", Text, nullable=False),
    Column("closed_at", Instant),  # withdrawn, declined or given up
    # One that lives, of each party.
    Index(
        "uq_notices_contract_id_party_open",
        "contract_id",
        "party",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

# As text, F-2026-10000 would come before F-2026-9999.
IN_ORDER_OF_NUMBERS: Final = (sa.func.length(invoices.c.number), invoices.c.number)

# Every table is declared by now.
SCHEMA = end_tables.SCHEMA
