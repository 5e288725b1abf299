"""Keep the dossier and the papers of a subscription."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

INSTANT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "arrivals",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_arrivals_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_arrivals"),
    )
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.create_index("ix_arrivals_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "dossiers",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.Column("capital", sa.String(length=60), nullable=False),
        sa.Column("rcs_city", sa.String(length=100), nullable=False),
        sa.Column("vat_number", sa.String(length=20), nullable=False),
        sa.Column("signatory_name", sa.String(length=200), nullable=False),
        sa.Column("signatory_capacity", sa.String(length=100), nullable=False),
        sa.Column("users", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.LargeBinary(), nullable=True),
        sa.Column("iban_hint", sa.String(length=60), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("bank_name", sa.String(length=140), nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_dossiers_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", name="pk_dossiers"),
        sa.UniqueConstraint("number", name="uq_dossiers_number"),
    )
    op.create_table(
        "papers",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("piece", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("facts_sha256", sa.String(length=64), nullable=False),
        sa.Column("printed_at", INSTANT, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("signature", sa.JSON(), nullable=False),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_papers_contract_id"),
        sa.PrimaryKeyConstraint("contract_id", "piece", "edition", name="pk_papers"),
    )
    op.create_table(
        "pieces",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("piece", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("by_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("originals", sa.JSON(), nullable=False),
        sa.Column("copy_key", sa.String(length=64), nullable=False),
        sa.Column("previews", sa.JSON(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_pieces_contract_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pieces"),
        sa.UniqueConstraint("contract_id", "piece", "sha256", name="uq_pieces_contract_id_piece_sha256"),
    )
    with op.batch_alter_table("pieces", schema=None) as batch_op:
        batch_op.create_index("ix_pieces_contract_id", ["contract_id"], unique=False)

    op.create_table(
        "presences",
        sa.Column("contract_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="fk_presences_contract_id"),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name="fk_presences_person_id"),
        sa.PrimaryKeyConstraint("contract_id", "person_id", name="pk_presences"),
    )


def downgrade() -> None:
    op.drop_table("presences")
    with op.batch_alter_table("pieces", schema=None) as batch_op:
        batch_op.drop_index("ix_pieces_contract_id")

    op.drop_table("pieces")
    op.drop_table("papers")
    op.drop_table("dossiers")
    with op.batch_alter_table("arrivals", schema=None) as batch_op:
        batch_op.drop_index("ix_arrivals_contract_id")

    op.drop_table("arrivals")
    op.drop_table("counters")
