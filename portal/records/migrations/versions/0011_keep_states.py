"""Keep what histories have come to, so that a night's run need not begin with their first event.

Safe while the previous release runs: nothing of it reads this table, and what it appends comes after what is kept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kept_states",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("under", sa.String(length=64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_kept_states_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_kept_states"),
    )


def downgrade() -> None:
    op.drop_table("kept_states")
