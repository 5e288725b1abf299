"""Keep notices, what becomes of their letters, and the letters that a provider deposits.

Safe while the previous release runs: the columns that a letter has more may be empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deposit_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("presented_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("delivered_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("outcome", sa.String(length=12), server_default="", nullable=False))

    op.create_table(
        "registered_deposits",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("letter_id", sa.String(length=36), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("provider_id", sa.String(length=100), nullable=True),
        sa.Column("deposited_at", INSTANT, nullable=True),
        sa.Column("recorded_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_registered_deposits_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_registered_deposits"),
        sa.UniqueConstraint("letter_id", name="uq_registered_deposits_letter_id"),
        sa.UniqueConstraint("key", name="uq_registered_deposits_key"),
        sa.UniqueConstraint("provider_id", name="uq_registered_deposits_provider_id"),
    )
    op.create_index("ix_registered_deposits_next_attempt_at", "registered_deposits", ["next_attempt_at"])
    op.create_table(
        "registered_statuses",
        sa.Column("letter_id", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("proof_key", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_registered_statuses_letter_id"),
        sa.PrimaryKeyConstraint("letter_id", "code", name="pk_registered_statuses"),
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("party", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("letter_id", sa.String(length=36), nullable=True),
        sa.Column("prepared_by", sa.String(length=36), nullable=False),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("served_at", INSTANT, nullable=True),
        sa.Column("waived_by", sa.String(length=36), nullable=True),
        sa.Column("waived_at", INSTANT, nullable=True),
        sa.Column("waiver", sa.Text(), nullable=False),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_notices_contract_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_notices_letter_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_contract_id", "notices", ["contract_id"])
    op.create_index(
        "uq_notices_contract_id_party_open",
        "notices",
        ["contract_id", "party"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("notices")
    op.drop_table("registered_statuses")
    op.drop_table("registered_deposits")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_column("outcome")
        batch_op.drop_column("delivered_on")
        batch_op.drop_column("presented_on")
        batch_op.drop_column("deposit_key")
