"""Say of each contract what it brings in a month, and the last day of its term.

Safe while the previous release runs: it leaves the new columns as they are. `portal rebuild` fills them for
contracts whose history has not gone on since.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    with op.batch_alter_table("situations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("monthly_cents", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("term_ends_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_situations_term_ends_on", ["term_ends_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("situations", schema=None) as batch_op:
        batch_op.drop_index("ix_situations_term_ends_on")
        batch_op.drop_column("term_ends_on")
        batch_op.drop_column("monthly_cents")
