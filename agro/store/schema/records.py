"""What people wrote down of plots: observations, treatments, counts, samples."""

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

from agro.store.schema.parts import UtcTime, identity, metadata, reference

observation = Table(
    "observation",
    metadata,
    identity(),
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
    identity(),
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
    identity(),
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
    identity(),
    reference("plot", "plot.id", optional=True, delete="SET NULL"),  # what was found outlives the plot
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
    identity(),
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
