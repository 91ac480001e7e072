"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "account",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("display", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password", sa.String(length=200), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("key", name=op.f("uq_account_key")),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("on_behalf_of", sa.JSON(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_account"), "audit", ["account"], unique=False)
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "boundary",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boundary")),
    )
    op.create_index(op.f("ix_boundary_level_name"), "boundary", ["level", "name"], unique=False)
    op.create_table(
        "failure",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure")),
    )
    op.create_index(op.f("ix_failure_address"), "failure", ["address"], unique=False)
    op.create_index(op.f("ix_failure_at"), "failure", ["at"], unique=False)
    op.create_index(op.f("ix_failure_key"), "failure", ["key"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.create_index(op.f("ix_job_created"), "job", ["created"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
    op.create_table(
        "raster",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raster")),
        sa.UniqueConstraint("path", name=op.f("uq_raster_path")),
    )
    op.create_index(op.f("ix_raster_kind_time"), "raster", ["kind", "time"], unique=False)
    op.create_table(
        "region",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code_version", sa.String(length=64), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
    )
    op.create_index(op.f("ix_run_state_date"), "run", ["state", "date"], unique=False)
    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_setting")),
    )
    op.create_table(
        "station",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("elevation", sa.Double(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
    )
    op.create_table(
        "farm",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["account.id"], name=op.f("fk_farm_owner_account"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_farm")),
    )
    op.create_index(op.f("ix_farm_name"), "farm", ["name"], unique=False)
    op.create_index(op.f("ix_farm_owner"), "farm", ["owner"], unique=False)
    op.create_table(
        "link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_link_account_account"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_account"), "link", ["account"], unique=False)
    op.create_table(
        "series",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=True),
        sa.Column("run", sa.String(length=64), nullable=True),
        sa.Column("resolution", sa.String(length=16), nullable=True),
        sa.Column("start", sa.String(length=32), nullable=True),
        sa.Column("end", sa.String(length=32), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_series_run_run"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["station"], ["station.id"], name=op.f("fk_series_station_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("kind", "run", name=op.f("uq_series_kind_run")),
        sa.UniqueConstraint("kind", "station", "resolution", name=op.f("uq_series_kind_station_resolution")),
        sa.UniqueConstraint("path", name=op.f("uq_series_path")),
    )
    op.create_index(op.f("ix_series_run"), "series", ["run"], unique=False)
    op.create_index(op.f("ix_series_station"), "series", ["station"], unique=False)
    op.create_table(
        "session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"], ["account.id"], name=op.f("fk_session_account_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_account"), "session", ["account"], unique=False)
    op.create_index(op.f("ix_session_expires"), "session", ["expires"], unique=False)
    op.create_table(
        "weather_forecast",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("station", sa.String(length=64), nullable=False),
        sa.Column("resolution", sa.String(length=16), nullable=False),
        sa.Column("issued", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.Column("start", sa.String(length=32), nullable=False),
        sa.Column("end", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station"], ["station.id"], name=op.f("fk_weather_forecast_station_station"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weather_forecast")),
        sa.UniqueConstraint("path", name=op.f("uq_weather_forecast_path")),
        sa.UniqueConstraint(
            "station", "resolution", "issued", name=op.f("uq_weather_forecast_station_resolution_issued")
        ),
    )
    op.create_index(op.f("ix_weather_forecast_station"), "weather_forecast", ["station"], unique=False)
    op.create_table(
        "grant",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("farm", sa.String(length=64), nullable=True),
        sa.Column("township", sa.String(length=200), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("given_by", sa.String(length=64), nullable=False),
        sa.Column("given", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account"], ["account.id"], name=op.f("fk_grant_account_account"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["farm"], ["farm.id"], name=op.f("fk_grant_farm_farm"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grant")),
    )
    op.create_index(op.f("ix_grant_account"), "grant", ["account"], unique=False)
    op.create_index(op.f("ix_grant_farm"), "grant", ["farm"], unique=False)
    op.create_table(
        "plot",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("farm", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("geometry", sa.LargeBinary(), nullable=False),
        sa.Column("x0", sa.Double(), nullable=False),
        sa.Column("y0", sa.Double(), nullable=False),
        sa.Column("x1", sa.Double(), nullable=False),
        sa.Column("y1", sa.Double(), nullable=False),
        sa.Column("area", sa.Double(), nullable=False),
        sa.Column("cultivar", sa.String(length=64), nullable=True),
        sa.Column("planted", sa.Integer(), nullable=True),
        sa.Column("row_spacing", sa.Double(), nullable=True),
        sa.Column("tree_spacing", sa.Double(), nullable=True),
        sa.Column("soil_depth", sa.Double(), nullable=True),
        sa.Column("township", sa.String(length=200), nullable=True),
        sa.Column("elevation", sa.Double(), nullable=True),
        sa.Column("slope", sa.Double(), nullable=True),
        sa.Column("aspect", sa.Double(), nullable=True),
        sa.Column("sky_view", sa.Double(), nullable=True),
        sa.Column("height_above_valley", sa.Double(), nullable=True),
        sa.Column("assumed", sa.String(length=400), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["farm"], ["farm.id"], name=op.f("fk_plot_farm_farm"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plot")),
        sa.UniqueConstraint("farm", "name", name=op.f("uq_plot_farm_name")),
    )
    op.create_index("ix_plot_bbox", "plot", ["x0", "x1", "y0", "y1"], unique=False)
    op.create_index(op.f("ix_plot_farm"), "plot", ["farm"], unique=False)
    op.create_index(op.f("ix_plot_name"), "plot", ["name"], unique=False)
    op.create_index(op.f("ix_plot_township"), "plot", ["township"], unique=False)
    op.create_table(
        "outlook",
        sa.Column("run", sa.String(length=64), nullable=False),
        sa.Column("plot", sa.String(length=64), nullable=False),
        sa.Column("bud_bbch", sa.Integer(), nullable=True),
        sa.Column("fruit_bbch", sa.Integer(), nullable=True),
        sa.Column("bloom_p10", sa.Date(), nullable=True),
        sa.Column("bloom_p50", sa.Date(), nullable=True),
        sa.Column("bloom_p90", sa.Date(), nullable=True),
        sa.Column("diameter_p10", sa.Double(), nullable=True),
        sa.Column("diameter_p50", sa.Double(), nullable=True),
        sa.Column("diameter_p90", sa.Double(), nullable=True),
        sa.Column("expansion_p10", sa.Double(), nullable=True),
        sa.Column("expansion_p50", sa.Double(), nullable=True),
        sa.Column("expansion_p90", sa.Double(), nullable=True),
        sa.Column("diameter30_p10", sa.Double(), nullable=True),
        sa.Column("diameter30_p50", sa.Double(), nullable=True),
        sa.Column("diameter30_p90", sa.Double(), nullable=True),
        sa.Column("tss_p10", sa.Double(), nullable=True),
        sa.Column("tss_p50", sa.Double(), nullable=True),
        sa.Column("tss_p90", sa.Double(), nullable=True),
        sa.Column("ta_p10", sa.Double(), nullable=True),
        sa.Column("ta_p50", sa.Double(), nullable=True),
        sa.Column("ta_p90", sa.Double(), nullable=True),
        sa.Column("ratio_p10", sa.Double(), nullable=True),
        sa.Column("ratio_p50", sa.Double(), nullable=True),
        sa.Column("ratio_p90", sa.Double(), nullable=True),
        sa.Column("tss30_p10", sa.Double(), nullable=True),
        sa.Column("tss30_p50", sa.Double(), nullable=True),
        sa.Column("tss30_p90", sa.Double(), nullable=True),
        sa.Column("ripe_p10", sa.Date(), nullable=True),
        sa.Column("ripe_p50", sa.Date(), nullable=True),
        sa.Column("ripe_p90", sa.Date(), nullable=True),
        sa.Column("delay_p10", sa.Double(), nullable=True),
        sa.Column("delay_p50", sa.Double(), nullable=True),
        sa.Column("delay_p90", sa.Double(), nullable=True),
        sa.Column("delay_elevation", sa.Double(), nullable=True),
        sa.Column("delay_sun", sa.Double(), nullable=True),
        sa.Column("delay_cold", sa.Double(), nullable=True),
        sa.Column("evidence", sa.String(length=32), nullable=True),
        sa.Column("missing_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plot"], ["plot.id"], name=op.f("fk_outlook_plot_plot"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name=op.f("fk_outlook_run_run"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run", "plot", name=op.f("pk_outlook")),
    )
    op.create_index(op.f("ix_outlook_plot"), "outlook", ["plot"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_outlook_plot"), table_name="outlook")
    op.drop_table("outlook")
    op.drop_index(op.f("ix_plot_township"), table_name="plot")
    op.drop_index(op.f("ix_plot_name"), table_name="plot")
    op.drop_index(op.f("ix_plot_farm"), table_name="plot")
    op.drop_index("ix_plot_bbox", table_name="plot")
    op.drop_table("plot")
    op.drop_index(op.f("ix_grant_farm"), table_name="grant")
    op.drop_index(op.f("ix_grant_account"), table_name="grant")
    op.drop_table("grant")
    op.drop_index(op.f("ix_weather_forecast_station"), table_name="weather_forecast")
    op.drop_table("weather_forecast")
    op.drop_index(op.f("ix_session_expires"), table_name="session")
    op.drop_index(op.f("ix_session_account"), table_name="session")
    op.drop_table("session")
    op.drop_index(op.f("ix_series_station"), table_name="series")
    op.drop_index(op.f("ix_series_run"), table_name="series")
    op.drop_table("series")
    op.drop_index(op.f("ix_link_account"), table_name="link")
    op.drop_table("link")
    op.drop_index(op.f("ix_farm_owner"), table_name="farm")
    op.drop_index(op.f("ix_farm_name"), table_name="farm")
    op.drop_table("farm")
    op.drop_table("station")
    op.drop_table("setting")
    op.drop_index(op.f("ix_run_state_date"), table_name="run")
    op.drop_table("run")
    op.drop_table("region")
    op.drop_index(op.f("ix_raster_kind_time"), table_name="raster")
    op.drop_table("raster")
    op.drop_index(op.f("ix_job_state"), table_name="job")
    op.drop_index(op.f("ix_job_created"), table_name="job")
    op.drop_table("job")
    op.drop_index(op.f("ix_failure_key"), table_name="failure")
    op.drop_index(op.f("ix_failure_at"), table_name="failure")
    op.drop_index(op.f("ix_failure_address"), table_name="failure")
    op.drop_table("failure")
    op.drop_index(op.f("ix_boundary_level_name"), table_name="boundary")
    op.drop_table("boundary")
    op.drop_index(op.f("ix_audit_at"), table_name="audit")
    op.drop_index(op.f("ix_audit_account"), table_name="audit")
    op.drop_table("audit")
    op.drop_table("account")
