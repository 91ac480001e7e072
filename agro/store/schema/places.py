"""Where things are: regions, outlines, farms, plots, stations."""

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from agro.store.schema.parts import bbox, identity, metadata, reference

region = Table(
    "region",
    metadata,
    identity(),
    Column("name", String(200), nullable=False),
    Column("crs", Text, nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("synthetic", Boolean, nullable=False),
)

boundary = Table(
    "boundary",
    metadata,
    identity(),
    Column("name", String(200), nullable=False),
    Column("level", String(32), nullable=False),
    Column("geometry", LargeBinary, nullable=False),
    *bbox(),
    Index(None, "level", "name"),
)

farm = Table(
    "farm",
    metadata,
    identity(),
    Column("name", String(200), nullable=False, index=True),
    reference("owner", "account.id", optional=True, delete="SET NULL"),
)

plot = Table(
    "plot",
    metadata,
    identity(),
    reference("farm", "farm.id"),
    Column("name", String(200), nullable=False, index=True),
    Column("geometry", LargeBinary, nullable=False),
    *bbox(),
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
    identity(),
    Column("name", String(200), nullable=False),
    Column("longitude", Double, nullable=False),
    Column("latitude", Double, nullable=False),
    Column("elevation", Double, nullable=False),
    Column("source", Text, nullable=False),
    Column("synthetic", Boolean, nullable=False),
)
