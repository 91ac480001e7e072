"""The tables: one schema for SQLite and PostgreSQL, geometry as WKB beside four indexed bbox columns."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from agro.store.columns import OUTLOOK_COLUMNS, OUTLOOK_DATES, OUTLOOK_INTEGERS, OUTLOOK_TEXTS

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator):
    """An aware time in UTC; SQLite keeps it as ISO text, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return `value` in UTC; a naive time is a wrong call."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time needs its zone; got {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return the stored time as an aware one in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _id() -> Column:
    return Column("id", String(64), primary_key=True)


def _reference(name: str, target: str, *, optional: bool = False, delete: str = "CASCADE") -> Column:
    return Column(name, ForeignKey(target, ondelete=delete), nullable=optional, index=True)


def _outlook_column(name: str) -> Column:
    if name in OUTLOOK_DATES:
        return Column(name, Date)
    if name in OUTLOOK_INTEGERS:
        return Column(name, Integer)
    return Column(name, String(32) if name in OUTLOOK_TEXTS else Double)


def _bbox() -> list[Column]:
    return [Column(name, Double, nullable=False) for name in ("x0", "y0", "x1", "y1")]


region = Table(
    "region",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("crs", Text, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("synthetic", Boolean, nullable=False),
)

boundary = Table(
    "boundary",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("level", String(32), nullable=False),
    Column("geometry", LargeBinary, nullable=False),
    *_bbox(),
    Index(None, "level", "name"),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("key", String(200), nullable=False, unique=True),  # the name as it is compared
    Column("display", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("password", String(200)),  # argon2id; null: by link only
    Column("active", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
)

farm = Table(
    "farm",
    metadata,
    _id(),
    Column("name", String(200), nullable=False, index=True),
    _reference("owner", "account.id", optional=True, delete="SET NULL"),
)

plot = Table(
    "plot",
    metadata,
    _id(),
    _reference("farm", "farm.id"),
    Column("name", String(200), nullable=False, index=True),
    Column("geometry", LargeBinary, nullable=False),
    *_bbox(),
    Column("area", Double, nullable=False),  # m2
    Column("cultivar", String(64)),
    Column("planted", Integer),
    Column("row_spacing", Double),  # m
    Column("tree_spacing", Double),  # m
    Column("soil_depth", Double),  # m
    Column("township", String(200), index=True),
    Column("elevation", Double),  # m
    Column("slope", Double),  # degrees
    Column("aspect", Double),  # degrees clockwise from north
    Column("sky_view", Double),
    Column("height_above_valley", Double),  # m
    Column("assumed", String(400), nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    UniqueConstraint("farm", "name"),
    Index("ix_plot_bbox", "x0", "x1", "y0", "y1"),
)

station = Table(
    "station",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("elevation", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
)

run = Table(
    "run",
    metadata,
    _id(),
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
    _id(),
    Column("kind", String(32), nullable=False),  # weather, sites, weights
    _reference("station", "station.id", optional=True),
    _reference("run", "run.id", optional=True),
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
    _id(),
    _reference("station", "station.id"),
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
    _id(),
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

observation = Table(
    "observation",
    metadata,
    _id(),
    Column("plot", ForeignKey("plot.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("date", Date, nullable=False),  # the local day; of full bloom and its like the date itself
    Column("value", Double),
    Column("n", Integer),
    Column("spread", Double),
    Column("by", String(64)),  # no key: what was seen outlives the account
    Column("evidence", String(16), nullable=False),  # measured, said
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("conflict", Boolean, nullable=False),  # another one of its plot, kind and day says otherwise
    Index(None, "plot", "kind", "date"),
    Index(None, "kind", "date"),
)

treatment = Table(
    "treatment",
    metadata,
    _id(),
    Column("plot", ForeignKey("plot.id", ondelete="CASCADE"), nullable=False),
    Column("date", Date, nullable=False),  # the local day
    Column("kind", String(32), nullable=False),
    Column("product", Text, nullable=False),
    Column("groups", JSON, nullable=False),
    Column("targets", JSON, nullable=False),
    Column("dose", Text, nullable=False),
    Column("equipment", String(32), nullable=False),
    Column("share", Double, nullable=False),  # of the plot
    Column("by", String(64)),  # no key: what was done outlives the account
    Column("evidence", String(16), nullable=False),  # invoice, flight_log, photo, said
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Index(None, "plot", "date"),
    Index(None, "date"),
)

count = Table(
    "count",
    metadata,
    _id(),
    Column("plot", ForeignKey("plot.id", ondelete="CASCADE"), nullable=False),
    Column("organism", String(64), nullable=False),
    Column("date", Date, nullable=False),  # the local day
    Column("method", String(32), nullable=False),
    Column("n", Integer, nullable=False),
    Column("infested", Integer),
    Column("total", Integer),
    Column("days", Double),
    Column("treated", Boolean),  # false: an untreated strip
    Column("stage", Text, nullable=False),
    Column("by", String(64)),  # no key: what was seen outlives the account
    Column("evidence", String(16), nullable=False),  # measured, said
    Column("source", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("conflict", Boolean, nullable=False),  # another one of its plot, organism, day and method says otherwise
    Index(None, "plot", "organism", "date"),
    Index(None, "organism", "date"),
)

sample = Table(
    "sample",
    metadata,
    _id(),
    _reference("plot", "plot.id", optional=True, delete="SET NULL"),  # what was found outlives the plot
    Column("organism", String(64), nullable=False, index=True),
    Column("date", Date, nullable=False),
    Column("longitude", Double),
    Column("latitude", Double),
    Column("embargo", Boolean, nullable=False),  # until a step "released"
    Column("tree", Text, nullable=False),
    Column("by", String(64)),
    Column("note", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
)

sample_step = Table(
    "sample_step",
    metadata,
    _id(),
    Column("sample", ForeignKey("sample.id", ondelete="CASCADE"), nullable=False),
    Column("place", Integer, nullable=False),  # 0 is the suspicion
    Column("state", String(16), nullable=False),
    Column("date", Date, nullable=False),
    Column("by", String(64)),
    Column("note", Text, nullable=False),
    Column("seedlings", Text, nullable=False),
    Column("created", UtcTime, nullable=False),
    UniqueConstraint("sample", "place"),
)

alert_mark = Table(
    "alert_mark",
    metadata,
    _id(),
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
    _id(),
    Column("date", Date, nullable=False),  # of the run
    Column("scope", String(200), nullable=False),
    Column("state", String(16), nullable=False),  # draft, signed, issued, withdrawn
    Column("number", Text, nullable=False),
    Column("by", String(64)),
    Column("at", UtcTime, nullable=False),
    Index(None, "date", "scope"),
)

scene = Table(
    "scene",
    metadata,
    _id(),
    Column("sensor", String(64), nullable=False),
    Column("product", String(200), nullable=False),  # the producer's own name
    Column("kind", String(16), nullable=False),  # satellite, drone
    Column("time", UtcTime, nullable=False),
    Column("crs", Text, nullable=False),
    *_bbox(),
    Column("cloud", Double),  # share of what was read
    Column("valid", Double),  # share of the plots' area
    Column("about", JSON, nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
    Column("imported", UtcTime, nullable=False),
    Column("checksum", String(64), nullable=False),  # of what was read from
    UniqueConstraint("sensor", "product"),
    Index(None, "kind", "time"),
)

scene_part = Table(
    "scene_part",
    metadata,
    _id(),
    Column("scene", ForeignKey("scene.id", ondelete="CASCADE"), nullable=False),
    Column("part", String(32), nullable=False),  # a cell size of its bands, quality, plots, mosaic, trees, gaps
    Column("path", String(400), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("scene", "part"),
)

condition_area = Table(
    "condition_area",
    metadata,
    _id(),
    _reference("plot", "plot.id"),
    Column("kind", String(32), nullable=False),  # time, decline, neighbours, within_new, within_persistent, drone
    Column("rule", String(32), nullable=False),
    Column("state", String(16), nullable=False),  # open, closed
    Column("found", Date, nullable=False),  # the run's day
    Column("since", Date),  # none: nobody knows, as of what was always weak
    Column("last_seen", Date, nullable=False),
    Column("sent", Date),
    Column("sent_severity", Integer, nullable=False),  # 0: never sent
    Column("held", String(16), nullable=False),  # why it was not sent
    Column("closed", Date),
    Column("n_obs", Integer, nullable=False),
    Column("index", String(32), nullable=False),
    Column("drop", Double),
    Column("loss", Double),
    Column("z", Double),
    Column("area_m2", Double, nullable=False),
    Column("area_error_mu", Double),
    Column("share_of_plot", Double),
    Column("severity", Integer, nullable=False),
    Column("explained_by", JSON, nullable=False),
    Column("hints", JSON, nullable=False),
    Column("false_alarms", Double),  # of healthy plots in a year, as stated
    Column("geometry", LargeBinary, nullable=False),
    *_bbox(),
    Column("synthetic", Boolean, nullable=False),
    Index(None, "state", "last_seen"),
)

tree = Table(
    "tree",
    metadata,
    _id(),
    _reference("plot", "plot.id"),
    Column("number", Integer, nullable=False),  # for life
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("first_seen", Date, nullable=False),
    Column("last_seen", Date, nullable=False),
    Column("lost", Date),
    UniqueConstraint("plot", "number"),
)

walk = Table(
    "walk",
    metadata,
    _id(),
    _reference("farm", "farm.id", optional=True),  # none: a round of several farms
    Column("date", Date, nullable=False),  # the local day
    Column("by", String(64)),  # no key: what was walked outlives the account
    Column("metres", Double, nullable=False),
    Column("minutes", Double, nullable=False),
    Column("stops", JSON, nullable=False),
    Column("geometry", LargeBinary),  # the way
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Index(None, "by", "date"),
)

visit = Table(
    "visit",
    metadata,
    _id(),
    _reference("plot", "plot.id"),
    _reference("walk", "walk.id", optional=True, delete="SET NULL"),
    Column("what", String(16), nullable=False),  # area, tree, gap, plot
    Column("target", String(64), nullable=False),  # no key: what was found outlives the area
    Column("date", Date, nullable=False),  # the local day
    Column("found", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("by", String(64)),
    Column("synthetic", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
    Index(None, "what", "target"),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the token, which is never stored
    _reference("account", "account.id"),
    Column("kind", String(16), nullable=False),  # page, api
    Column("label", String(200), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False, index=True),
)

link = Table(
    "link",
    metadata,
    Column("digest", String(64), primary_key=True),
    _reference("account", "account.id"),
    Column("created", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("used", UtcTime),
)

failure = Table(
    "failure",
    metadata,
    _id(),
    Column("key", String(200), nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
    Column("at", UtcTime, nullable=False, index=True),
)

grant = Table(
    "grant",
    metadata,
    _id(),
    _reference("account", "account.id"),  # who may
    _reference("farm", "farm.id", optional=True),
    Column("township", String(200)),
    Column("kind", String(16), nullable=False),  # read, write
    Column("given_by", String(64), nullable=False),
    Column("given", UtcTime, nullable=False),
    Column("until", UtcTime),
    Column("withdrawn", UtcTime),
)

audit = Table(
    "audit",
    metadata,
    _id(),
    Column("at", UtcTime, nullable=False, index=True),
    Column("account", String(64), nullable=False, index=True),  # no key: the trail outlives the account
    Column("name", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("on_behalf_of", JSON, nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(400), nullable=False),
    Column("counts", JSON, nullable=False),
)

job = Table(
    "job",
    metadata,
    _id(),
    Column("kind", String(64), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),  # queued, running, done, failed
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("result", JSON),
    Column("error", Text, nullable=False),
    Column("created", UtcTime, nullable=False, index=True),
    Column("changed", UtcTime, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", JSON, nullable=False),
)
