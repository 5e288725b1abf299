"""Lay the tables of a contract's end: restitution, certificate, litigation hold, purges.

Safe while the previous release runs: it leaves the new columns as they are, and nothing of it reads these tables.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "doomed_files",
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("file_key", name="pk_doomed_files"),
    )
    op.create_table(
        "purges",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_purges"),
    )
    with op.batch_alter_table("purges", schema=None) as batch_op:
        batch_op.create_index("ix_purges_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "last_contacts",
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_last_contacts_company_id"),
        sa.PrimaryKeyConstraint("company_id", name="pk_last_contacts"),
    )
    op.create_table(
        "litigation_holds",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("company_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.Column("set_by", sa.String(length=36), nullable=False),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_by", sa.String(length=36), nullable=True),
        sa.Column("lifted_for", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_litigation_holds_company_id"),
        sa.PrimaryKeyConstraint("id", name="pk_litigation_holds"),
    )
    with op.batch_alter_table("litigation_holds", schema=None) as batch_op:
        batch_op.create_index(
            "uq_litigation_holds_company_id_open",
            ["company_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "certificates",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("destroyed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_certificates_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_certificates"),
    )
    op.create_table(
        "restitutions",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("export_key", sa.String(length=64), nullable=True),
        sa.Column("export_name", sa.String(length=100), nullable=False),
        sa.Column("export_size", sa.BigInteger(), nullable=False),
        sa.Column("exported_at", INSTANT, nullable=True),
        sa.Column("exported_by", sa.String(length=36), nullable=True),
        sa.Column("archive_key", sa.String(length=64), nullable=True),
        sa.Column("archive_size", sa.BigInteger(), nullable=False),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", INSTANT, nullable=True),
        sa.Column("problem", sa.String(length=200), nullable=False),
        sa.Column("prepared_at", INSTANT, nullable=True),
        sa.Column("taken_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_restitutions_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_restitutions"),
    )
    with op.batch_alter_table("restitutions", schema=None) as batch_op:
        batch_op.create_index("ix_restitutions_next_attempt_at", ["next_attempt_at"], unique=False)

    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("since", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("addressee", sa.Text(), nullable=True))

    with op.batch_alter_table("pieces", schema=None) as batch_op:
        batch_op.add_column(sa.Column("emptied_at", INSTANT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("pieces", schema=None) as batch_op:
        batch_op.drop_column("emptied_at")
    with op.batch_alter_table("letters", schema=None) as batch_op:
        batch_op.drop_column("addressee")
        batch_op.drop_column("since")
    for table in (
        "restitutions",
        "certificates",
        "litigation_holds",
        "last_contacts",
        "purges",
        "doomed_files",
    ):
        op.drop_table(table)
