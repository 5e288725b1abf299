"""Park contracts whose history would break an invariant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "parked",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("breaches", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_parked_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_parked"),
    )


def downgrade() -> None:
    op.drop_table("parked")
