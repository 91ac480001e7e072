"""Rows in and out: what is new, what changed, what stays."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Table, bindparam, insert, update

CHUNK = 500  # rows a statement looks up, far under every database's limit of bound values


class Saved(NamedTuple):
    """How many rows a save added and changed; the rest stood already."""

    added: int
    changed: int


def save(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], stored: Mapping[str, Mapping[str, Any]]
) -> Saved:
    """Return what was added and changed so that `rows` stand in `table`; `stored` has those of the same ids."""
    added = [dict(row) for row in rows if row["id"] not in stored]
    changed = [
        dict(row)
        for row in rows
        if row["id"] in stored and any(stored[row["id"]][key] != value for key, value in row.items())
    ]
    if added:
        connection.execute(insert(table), added)
    if changed:
        columns: dict[str, Any] = {key: bindparam(f"_{key}") for key in changed[0] if key != "id"}
        statement = update(table).where(table.c.id == bindparam("_id")).values(columns)
        connection.execute(statement, [{f"_{key}": value for key, value in row.items()} for row in changed])
    return Saved(len(added), len(changed))


def chunks(values: Sequence[Any]) -> list[Sequence[Any]]:
    """Return `values` in pieces that fit one `in` clause."""
    return [values[at : at + CHUNK] for at in range(0, len(values), CHUNK)]
