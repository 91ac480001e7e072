"""What is computed from what: runs, series, forecasts, rasters, outlooks and their release."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from agro.store.columns import OUTLOOK_COLUMNS, OUTLOOK_DATES, OUTLOOK_INTEGERS, OUTLOOK_TEXTS
from agro.store.schema.parts import UtcTime, identity, metadata, reference


def _outlook_column(name: str) -> Column:
    if name in OUTLOOK_DATES:
        return Column(name, Date)
    if name in OUTLOOK_INTEGERS:
        return Column(name, Integer)
    return Column(name, String(32) if name in OUTLOOK_TEXTS else Double)


run = Table(
    "run",
    metadata,
    identity(),
    Column("date", Date, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started", UtcTime, nullable=False),
    Column("finished", UtcTime),
    Column("code_version", String(64), nullable=False),
    Column("members", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Index(None, "state", "date"),
)

series = Table(
    "series",
    metadata,
    identity(),
    Column("kind", String(32), nullable=False),  # weather, sites, weights
    reference("station", "station.id", optional=True),
    reference("run", "run.id", optional=True),
    Column("resolution", String(16)),  # daily, hourly
    Column("start", String(32)),  # ISO: the local day of daily series, UTC of hourly ones
    Column("end", String(32)),
    Column("rows", Integer, nullable=False),
    Column("path", String(400), nullable=False, unique=True),  # within the home
    Column("sha256", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    UniqueConstraint("kind", "station", "resolution"),
    UniqueConstraint("kind", "run"),
)

weather_forecast = Table(
    "weather_forecast",
    metadata,
    identity(),
    reference("station", "station.id"),
    Column("resolution", String(16), nullable=False),
    Column("issued", UtcTime, nullable=False),
    Column("day", Date, nullable=False),  # of issue, in the region's time zone
    Column("members", Integer, nullable=False),
    Column("start", String(32), nullable=False),
    Column("end", String(32), nullable=False),
    Column("path", String(400), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    UniqueConstraint("station", "resolution", "issued"),
)

raster = Table(
    "raster",
    metadata,
    identity(),
    Column("kind", String(64), nullable=False),
    Column("time", UtcTime),
    Column("path", String(400), nullable=False, unique=True),
    Column("crs", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Index(None, "kind", "time"),
)

outlook = Table(
    "outlook",
    metadata,
    Column("run", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("plot", ForeignKey("plot.id", ondelete="CASCADE"), primary_key=True, index=True),
    *[_outlook_column(name) for name in OUTLOOK_COLUMNS if name != "plot"],
)

alert_mark = Table(
    "alert_mark",
    metadata,
    identity(),
    Column("account", String(64), nullable=False),
    Column("key", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # acknowledged, snoozed, wrong
    Column("until", Date),
    Column("note", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "account", "key"),
)

release = Table(
    "release",
    metadata,
    identity(),
    Column("date", Date, nullable=False),  # of the run
    Column("scope", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # draft, signed, issued, withdrawn
    Column("number", Text, nullable=False),
    Column("by", String(64)),
    Column("at", UtcTime, nullable=False),
    Index(None, "date", "scope"),
)
