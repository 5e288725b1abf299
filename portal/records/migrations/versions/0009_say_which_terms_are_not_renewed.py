"""Say of each contract in force whether its term will be renewed, and who said otherwise and when.

Safe while the previous release runs: it leaves the new columns as they are. `portal rebuild` fills them for
contracts whose history has not gone on since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("situations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("end_cause", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("end_declared_at", INSTANT, nullable=True))
        batch_op.create_index("ix_situations_ends_on", ["ends_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("situations", schema=None) as batch_op:
        batch_op.drop_index("ix_situations_ends_on")
        batch_op.drop_column("end_declared_at")
        batch_op.drop_column("end_cause")
