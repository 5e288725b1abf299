"""Find what falls due at one instant in the order of contracts, without sorting all that is due then.

Safe while the previous release runs: only an index is another.
"""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("situations") as batch_op:
        batch_op.create_index(
            "ix_situations_next_due_at_contract_id", ["next_due_at", "contract_id"], unique=False
        )
        batch_op.drop_index("ix_situations_next_due_at")


def downgrade() -> None:
    with op.batch_alter_table("situations") as batch_op:
        batch_op.create_index("ix_situations_next_due_at", ["next_due_at"], unique=False)
        batch_op.drop_index("ix_situations_next_due_at_contract_id")
