"""Lay the tables of money: prices, invoices, the bank, what two decide, quotes and letters.

Safe while the previous release runs: nothing of it reads these tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "bank_messages",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("message_id", sa.String(length=70), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("sha256", name="pk_bank_messages"),
    )
    op.create_table(
        "collection_files",
        sa.Column("id", sa.String(length=35), nullable=False),
        sa.Column("collection_on", sa.Date(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("handed_over_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_collection_files"),
    )
    with op.batch_alter_table("collection_files", schema=None) as batch_op:
        batch_op.create_index("ix_collection_files_collection_on", ["collection_on"], unique=False)

    op.create_table(
        "grids",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=False),
        sa.Column("minimum_users", sa.Integer(), nullable=False),
        sa.Column("user_month_cents", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grids"),
        sa.UniqueConstraint("applies_from", name="uq_grids_applies_from"),
    )
    op.create_table(
        "legal_rates",
        sa.Column("half_year", sa.String(length=6), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("half_year", name="pk_legal_rates"),
    )
    op.create_table(
        "bank_lines",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("message_sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("reason_code", sa.String(length=10), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("invoice_number", sa.String(length=40), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("resolution", sa.Text(), nullable=False),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("resolved_by", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_sha256"], ["bank_messages.sha256"], name="fk_bank_lines_message_sha256"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_bank_lines"),
        sa.UniqueConstraint("key", name="uq_bank_lines_key"),
    )
    with op.batch_alter_table("bank_lines", schema=None) as batch_op:
        batch_op.create_index("ix_bank_lines_message_sha256", ["message_sha256"], unique=False)
        batch_op.create_index("ix_bank_lines_standing", ["standing"], unique=False)

    op.create_table(
        "vat_decisions",
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("mention", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_vat_decisions_company_id"),
        sa.PrimaryKeyConstraint("company_id", name="pk_vat_decisions"),
    )
    op.create_table(
        "credit_proposals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("cites", sa.String(length=40), nullable=False),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=36), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_credit_proposals_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_proposals"),
    )
    with op.batch_alter_table("credit_proposals", schema=None) as batch_op:
        batch_op.create_index("ix_credit_proposals_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "invoice_papers",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_key", sa.String(length=64), nullable=True),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("rendered_at", INSTANT, nullable=True),
        sa.Column("deposited_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_invoice_papers_contract_id"),
        sa.PrimaryKeyConstraint("number", name="pk_invoice_papers"),
    )
    with op.batch_alter_table("invoice_papers", schema=None) as batch_op:
        batch_op.create_index("ix_invoice_papers_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("occasion", sa.String(length=10), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("collection_on", sa.Date(), nullable=True),
        sa.Column("cites", sa.String(length=40), nullable=True),
        sa.Column("net_cents", sa.BigInteger(), nullable=False),
        sa.Column("vat_hundredths", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.BigInteger(), nullable=False),
        sa.Column("gross_cents", sa.BigInteger(), nullable=False),
        sa.Column("payment", sa.String(length=12), nullable=False),
        sa.Column("unpaid_cents", sa.BigInteger(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_invoices_company_id"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_invoices_contract_id"),
        sa.PrimaryKeyConstraint("number", name="pk_invoices"),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_company_id", ["company_id"], unique=False)
        batch_op.create_index("ix_invoices_contract_id", ["contract_id"], unique=False)
        batch_op.create_index("ix_invoices_issued_on", ["issued_on"], unique=False)
        batch_op.create_index("ix_invoices_payment_due_on", ["payment", "due_on"], unique=False)
        batch_op.create_index(
            "uq_invoices_contract_id_month_occasion",
            ["contract_id", "month", "occasion"],
            unique=True,
            sqlite_where=sa.text("occasion <> 'other'"),
            postgresql_where=sa.text("occasion <> 'other'"),
        )

    op.create_table(
        "letters",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("tracking", sa.String(length=40), nullable=False),
        sa.Column("proof_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_letters_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.create_index("ix_letters_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "mandates",
        sa.Column("reference", sa.String(length=35), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.LargeBinary(), nullable=False),
        sa.Column("iban_hint", sa.String(length=60), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=140), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("last_presented_on", sa.Date(), nullable=True),
        sa.Column("blocked_at", INSTANT, nullable=True),
        sa.Column("blocked_for", sa.String(length=10), nullable=False),
        sa.Column("replaced_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_mandates_contract_id"),
        sa.PrimaryKeyConstraint("reference", name="pk_mandates"),
        sa.UniqueConstraint("contract_id", "edition", name="uq_mandates_contract_id_edition"),
    )
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.create_index("ix_mandates_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "quotes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=36), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("price_cents", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("answered_by", sa.String(length=36), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_quotes_company_id"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_quotes_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quotes"),
    )
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.create_index("ix_quotes_company_id", ["company_id"], unique=False)

    op.create_table(
        "collections",
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("invoice_number", sa.String(length=40), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("mandate_reference", sa.String(length=35), nullable=False),
        sa.Column("sequence", sa.String(length=4), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("collection_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.String(length=35), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("reason_code", sa.String(length=10), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_collections_company_id"),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_collections_contract_id"),
        sa.ForeignKeyConstraint(["file_id"], ["collection_files.id"], name="fk_collections_file_id"),
        sa.ForeignKeyConstraint(
            ["mandate_reference"], ["mandates.reference"], name="fk_collections_mandate_reference"
        ),
        sa.PrimaryKeyConstraint("end_to_end_id", name="pk_collections"),
    )
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.create_index("ix_collections_contract_id", ["contract_id"], unique=False)
        batch_op.create_index("ix_collections_file_id", ["file_id"], unique=False)
        batch_op.create_index(
            "uq_collections_invoice_number_open",
            ["invoice_number"],
            unique=True,
            sqlite_where=sa.text("standing = 'open'"),
            postgresql_where=sa.text("standing = 'open'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("collections", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_collections_invoice_number_open",
            sqlite_where=sa.text("standing = 'open'"),
            postgresql_where=sa.text("standing = 'open'"),
        )
        batch_op.drop_index("ix_collections_file_id")
        batch_op.drop_index("ix_collections_contract_id")

    op.drop_table("collections")
    with op.batch_alter_table("quotes", schema=None) as batch_op:
        batch_op.drop_index("ix_quotes_company_id")

    op.drop_table("quotes")
    with op.batch_alter_table("mandates", schema=None) as batch_op:
        batch_op.drop_index("ix_mandates_contract_id")

    op.drop_table("mandates")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_index("ix_letters_contract_id")

    op.drop_table("letters")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_invoices_contract_id_month_occasion",
            sqlite_where=sa.text("occasion <> 'other'"),
            postgresql_where=sa.text("occasion <> 'other'"),
        )
        batch_op.drop_index("ix_invoices_payment_due_on")
        batch_op.drop_index("ix_invoices_issued_on")
        batch_op.drop_index("ix_invoices_contract_id")
        batch_op.drop_index("ix_invoices_company_id")

    op.drop_table("invoices")
    with op.batch_alter_table("invoice_papers", schema=None) as batch_op:
        batch_op.drop_index("ix_invoice_papers_contract_id")

    op.drop_table("invoice_papers")
    with op.batch_alter_table("credit_proposals", schema=None) as batch_op:
        batch_op.drop_index("ix_credit_proposals_contract_id")

    op.drop_table("credit_proposals")
    op.drop_table("vat_decisions")
    with op.batch_alter_table("bank_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_bank_lines_standing")
        batch_op.drop_index("ix_bank_lines_message_sha256")

    op.drop_table("bank_lines")
    op.drop_table("legal_rates")
    op.drop_table("grids")
    with op.batch_alter_table("collection_files", schema=None) as batch_op:
        batch_op.drop_index("ix_collection_files_collection_on")

    op.drop_table("collection_files")
    op.drop_table("bank_messages")
