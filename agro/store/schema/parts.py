"""What all tables share: names of constraints, times in UTC, ids, references, boxes."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    Double,
    ForeignKey,
    MetaData,
    String,
)
from sqlalchemy.types import TypeDecorator

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


def identity() -> Column:
    """Return the key of a table."""
    return Column("id", String(64), primary_key=True)


def reference(name: str, target: str, *, optional: bool = False, delete: str = "CASCADE") -> Column:
    """Return a column that points at another table's key."""
    return Column(name, ForeignKey(target, ondelete=delete), nullable=optional, index=True)


def bbox() -> list[Column]:
    """Return the four columns of a bounding box in degrees."""
    return [Column(name, Double, nullable=False) for name in ("x0", "y0", "x1", "y1")]
