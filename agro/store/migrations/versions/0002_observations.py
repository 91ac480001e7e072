"""What people saw and measured at their plots."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "observation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("spread", sa.Double(), nullable=True),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_observation_plot_plot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation")),
    )
    op.create_index(op.f("ix_observation_plot_kind_date"), "observation", ["plot", "kind", "date"], unique=False)
    op.create_index(op.f("ix_observation_kind_date"), "observation", ["kind", "date"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_index(op.f("ix_observation_kind_date"), table_name="observation")
    op.drop_index(op.f("ix_observation_plot_kind_date"), table_name="observation")
    op.drop_table("observation")
