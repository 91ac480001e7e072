"""Pictures and what they say: scenes and their files, areas of weak growth, trees, walks and visits."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "scene",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("sensor", sa.String(length=64), nullable=False),
        sa.Column("product", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.Column("cloud", sa.Double(), nullable=True),
        sa.Column("valid", sa.Double(), nullable=True),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checksum", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scene")),
        sa.UniqueConstraint("sensor", "product", name=op.f("uq_scene_sensor_product")),
    )
    op.create_index(op.f("ix_scene_kind_time"), "scene", ["kind", "time"], unique=False)
    op.create_table(
        "scene_part",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("scene", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["scene"], ["scene.id"], name=op.f("fk_scene_part_scene_scene"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scene_part")),
        sa.UniqueConstraint("path", name=op.f("uq_scene_part_path")),
        sa.UniqueConstraint("scene", "part", name=op.f("uq_scene_part_scene_part")),
    )
    op.create_table(
        "walk",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("farm", sa.String(length=64), nullable=True),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("metres", sa.Double(), nullable=False),
        sa.Column("minutes", sa.Double(), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["farm"], ["farm.id"], name=op.f("fk_walk_farm_farm"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_walk")),
    )
    op.create_index(op.f("ix_walk_by_date"), "walk", ["by", "date"], unique=False)
    op.create_index(op.f("ix_walk_farm"), "walk", ["farm"], unique=False)
    op.create_table(
        "condition_area",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("found", sa.Date(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("sent", sa.Date(), nullable=True),
        sa.Column("sent_severity", sa.Integer(), nullable=False),
        sa.Column("held", sa.String(length=16), nullable=False),
        sa.Column("closed", sa.Date(), nullable=True),
        sa.Column("n_obs", sa.Integer(), nullable=False),
        sa.Column("index", sa.String(length=32), nullable=False),
        sa.Column("drop", sa.Double(), nullable=True),
        sa.Column("loss", sa.Double(), nullable=True),
        sa.Column("z", sa.Double(), nullable=True),
        sa.Column("area_m2", sa.Double(), nullable=False),
        sa.Column("area_error_mu", sa.Double(), nullable=True),
        sa.Column("share_of_plot", sa.Double(), nullable=True),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("explained_by", sa.JSON(), nullable=False),
        sa.Column("hints", sa.JSON(), nullable=False),
        sa.Column("false_alarms", sa.Double(), nullable=True),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_condition_area_plot_plot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_condition_area")),
    )
    op.create_index(op.f("ix_condition_area_plot"), "condition_area", ["plot"], unique=False)
    op.create_index(op.f("ix_condition_area_state_last_seen"), "condition_area", ["state", "last_seen"], unique=False)
    op.create_table(
        "tree",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("last_seen", sa.Date(), nullable=False),
        sa.Column("lost", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_tree_plot_plot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tree")),
        sa.UniqueConstraint("plot", "number", name=op.f("uq_tree_plot_number")),
    )
    op.create_index(op.f("ix_tree_plot"), "tree", ["plot"], unique=False)
    op.create_table(
        "visit",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("walk", sa.String(length=64), nullable=True),
        sa.Column("what", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("found", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=True),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_visit_plot_plot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["walk"], ["walk.id"], name=op.f("fk_visit_walk_walk"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_plot"), "visit", ["plot"], unique=False)
    op.create_index(op.f("ix_visit_walk"), "visit", ["walk"], unique=False)
    op.create_index(op.f("ix_visit_what_target"), "visit", ["what", "target"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_visit_what_target"), table_name="visit")
    op.drop_index(op.f("ix_visit_walk"), table_name="visit")
    op.drop_index(op.f("ix_visit_plot"), table_name="visit")
    op.drop_table("visit")
    op.drop_index(op.f("ix_tree_plot"), table_name="tree")
    op.drop_table("tree")
    op.drop_index(op.f("ix_condition_area_state_last_seen"), table_name="condition_area")
    op.drop_index(op.f("ix_condition_area_plot"), table_name="condition_area")
    op.drop_table("condition_area")
    op.drop_index(op.f("ix_walk_farm"), table_name="walk")
    op.drop_index(op.f("ix_walk_by_date"), table_name="walk")
    op.drop_table("walk")
    op.drop_table("scene_part")
    op.drop_index(op.f("ix_scene_kind_time"), table_name="scene")
    op.drop_table("scene")
