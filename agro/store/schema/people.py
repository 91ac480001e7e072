"""Who may do what and who did: accounts, sessions, grants, the trail, jobs and settings."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    String,
    Table,
    Text,
)

from agro.store.schema.parts import UtcTime, identity, metadata, reference

account = Table(
    "account",
    metadata,
    identity(),
    Column("name", String(200), nullable=False),
    Column("key", String(200), nullable=False, unique=True),  # the name as it is compared
    Column("display", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("password", String(200)),  # argon2id; null: by link only
    Column("active", Boolean, nullable=False),
    Column("created", UtcTime, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),  # sha256 of the token, which is never stored
    reference("account", "account.id"),
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
    reference("account", "account.id"),
    Column("created", UtcTime, nullable=False),
    Column("expires", UtcTime, nullable=False),
    Column("used", UtcTime),
)

failure = Table(
    "failure",
    metadata,
    identity(),
    Column("key", String(200), nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
    Column("at", UtcTime, nullable=False, index=True),
)

grant = Table(
    "grant",
    metadata,
    identity(),
    reference("account", "account.id"),  # who may
    reference("farm", "farm.id", optional=True),
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
    identity(),
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
    identity(),
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
