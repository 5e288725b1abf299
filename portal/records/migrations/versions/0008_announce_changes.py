"""Announce changes of price and of terms to the contracts in force, and keep what a tacit renewal accepts.

Safe while the previous release runs: it leaves the new columns as they are. `portal rebuild` fills them for
contracts whose history has not gone on since; until then an announcement does not see those contracts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_RUNNING = sa.text("finished_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("what", sa.String(length=10), nullable=False),
        sa.Column("grid_id", sa.String(length=36), nullable=True),
        sa.Column("user_month_cents", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(length=40), nullable=True),
        sa.Column("not_before", sa.Date(), nullable=False),
        sa.Column("announced_at", INSTANT, nullable=False),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["version"], ["terms.version"], name="fk_announcements_version"),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
    )
    op.create_index(
        "uq_announcements_what_running",
        "announcements",
        ["what"],
        unique=True,
        sqlite_where=_RUNNING,
        postgresql_where=_RUNNING,
    )
    op.create_table(
        "announced_contracts",
        sa.Column("announcement_id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("applies_from", sa.Date(), nullable=True),
        sa.Column("before_cents", sa.Integer(), nullable=True),
        sa.Column("after_cents", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=True),
        sa.Column("done_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"], ["announcements.id"], name="fk_announced_contracts_announcement_id"
        ),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_announced_contracts_contract_id"),
        sa.PrimaryKeyConstraint("announcement_id", "contract_id", name="pk_announced_contracts"),
    )
    op.create_index("ix_announced_contracts_contract_id", "announced_contracts", ["contract_id"])
    op.create_index(
        "ix_announced_contracts_announcement_id_outcome",
        "announced_contracts",
        ["announcement_id", "outcome"],
    )
    op.create_table(
        "renewal_acceptances",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("announced_seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_renewal_acceptances_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", "seq", name="pk_renewal_acceptances"),
    )
    with op.batch_alter_table("situations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("entered_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("terms", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("unit_cents", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("invoiced_users", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("options_cents", sa.BigInteger(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("terms_version", sa.String(40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("changes", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("situations", schema=None) as batch_op:
        for name in (
            "changes",
            "terms_version",
            "ends_on",
            "options_cents",
            "invoiced_users",
            "unit_cents",
            "terms",
            "entered_on",
        ):
            batch_op.drop_column(name)
    op.drop_table("renewal_acceptances")
    op.drop_table("announced_contracts")
    op.drop_table("announcements")
