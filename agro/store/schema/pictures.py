"""What pictures show: scenes, weak areas, trees, walks and what was found on them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from agro.store.schema.parts import UtcTime, bbox, identity, metadata, reference

scene = Table(
    "scene",
    metadata,
    identity(),
    Column("sensor", String(64), nullable=False),
    Column("product", String(200), nullable=False),  # the producer's own name
    Column("kind", String(16), nullable=False),  # satellite, drone
    Column("time", UtcTime, nullable=False),
    Column("crs", Text, nullable=False),
    *bbox(),
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
    identity(),
    Column("scene", ForeignKey("scene.id", ondelete="CASCADE"), nullable=False),
    Column("part", String(32), nullable=False),  # a cell size of its bands, quality, plots, mosaic, trees, gaps
    Column("path", String(400), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),
    UniqueConstraint("scene", "part"),
)

condition_area = Table(
    "condition_area",
    metadata,
    identity(),
    reference("plot", "plot.id"),
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
    *bbox(),
    Column("synthetic", Boolean, nullable=False),
    Index(None, "state", "last_seen"),
)

tree = Table(
    "tree",
    metadata,
    identity(),
    reference("plot", "plot.id"),
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
    identity(),
    reference("farm", "farm.id", optional=True),  # none: a round of several farms
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
    identity(),
    reference("plot", "plot.id"),
    reference("walk", "walk.id", optional=True, delete="SET NULL"),
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
