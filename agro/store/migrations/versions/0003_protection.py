"""The records of plant protection: treatments, counts, samples, marks on alerts, releases of bulletins."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert_mark",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_mark")),
    )
    op.create_index(op.f("ix_alert_mark_account_key"), "alert_mark", ["account", "key"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("scope", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
    )
    op.create_index(op.f("ix_release_date_scope"), "release", ["date", "scope"], unique=False)
    op.create_table(
        "count",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("organism", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("infested", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("days", sa.Double(), nullable=True),
        sa.Column("treated", sa.Boolean(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_count_plot_plot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_count")),
    )
    op.create_index(op.f("ix_count_organism_date"), "count", ["organism", "date"], unique=False)
    op.create_index(op.f("ix_count_plot_organism_date"), "count", ["plot", "organism", "date"], unique=False)
    op.create_table(
        "sample",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=True),
        sa.Column("organism", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("embargo", sa.Boolean(), nullable=False),
        sa.Column("tree", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_sample_plot_plot"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index(op.f("ix_sample_organism"), "sample", ["organism"], unique=False)
    op.create_index(op.f("ix_sample_plot"), "sample", ["plot"], unique=False)
    op.create_table(
        "treatment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("dose", sa.Text(), nullable=False),
        sa.Column("equipment", sa.String(length=32), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_treatment_plot_plot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treatment")),
    )
    op.create_index(op.f("ix_treatment_date"), "treatment", ["date"], unique=False)
    op.create_index(op.f("ix_treatment_plot_date"), "treatment", ["plot", "date"], unique=False)
    op.create_table(
        "sample_step",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sample", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seedlings", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["sample"], ["sample.id"], name=op.f("fk_sample_step_sample_sample"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_step")),
        sa.UniqueConstraint("sample", "place", name=op.f("uq_sample_step_sample_place")),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("sample_step")
    op.drop_index(op.f("ix_treatment_plot_date"), table_name="treatment")
    op.drop_index(op.f("ix_treatment_date"), table_name="treatment")
    op.drop_table("treatment")
    op.drop_index(op.f("ix_sample_plot"), table_name="sample")
    op.drop_index(op.f("ix_sample_organism"), table_name="sample")
    op.drop_table("sample")
    op.drop_index(op.f("ix_count_plot_organism_date"), table_name="count")
    op.drop_index(op.f("ix_count_organism_date"), table_name="count")
    op.drop_table("count")
    op.drop_index(op.f("ix_release_date_scope"), table_name="release")
    op.drop_table("release")
    op.drop_index(op.f("ix_alert_mark_account_key"), table_name="alert_mark")
    op.drop_table("alert_mark")
