"""Let an administrator's calendar program read her dates under a private address, kept as its hash alone.

Safe while the previous release runs: nothing reads this table yet.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_feeds_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_feeds"),
        sa.UniqueConstraint("token_hash", name="uq_feeds_token_hash"),
    )


def downgrade() -> None:
    op.drop_table("feeds")
