"""Number the entries of the accounting export, each once: a journal's series has no gap, and never changes.

Safe while the previous release runs: it does not know the table. Nothing is filled in: the next export numbers the
entries of its year.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "accounting_entries",
        sa.Column("journal", sa.String(length=2), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name="fk_accounting_entries_contract_id_contracts"
        ),
        sa.PrimaryKeyConstraint("journal", "year", "number", name="pk_accounting_entries"),
        sa.UniqueConstraint("contract_id", "seq", name="uq_accounting_entries_contract_id_seq"),
    )
    op.create_index("ix_accounting_entries_entered_on", "accounting_entries", ["entered_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_accounting_entries_entered_on", table_name="accounting_entries")
    op.drop_table("accounting_entries")
