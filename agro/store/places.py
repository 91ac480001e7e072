"""The region, its official outlines, its farms and its weather stations."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from sqlalchemy import or_, select

from agro.errors import ConflictError, InputError, MissingDataError, NotFoundError
from agro.farm import Boundary, Farm, Region, Station, Viewer
from agro.store import rows, schema
from agro.store.audit import Audit
from agro.store.ids import uuid7
from agro.store.rights import Scope, require_rows
from agro.store.rows import Saved

BBOX = ("x0", "y0", "x1", "y1")


class Places(Audit):
    """What stays where it is."""

    def save_region(self, region: Region, *, by: Viewer | None = None) -> None:
        """Keep the one region of this home.

        Raises
        ------
        ConflictError
            When another region stands, or this one with another CRS: rasters and distances hang on it.
        """
        with self.writing() as connection:
            stored = connection.execute(select(schema.region)).first()
            if stored is not None and (stored.id, stored.crs) != (region.id, region.crs):
                raise ConflictError(
                    f"this home is '{stored.name}' in {stored.crs}; '{region.name}' in {region.crs} needs another home",
                    zh=f"本数据目录属于区域“{stored.name}”（{stored.crs}）；“{region.name}”（{region.crs}）需要另一个目录",
                )
            found = {} if stored is None else {region.id: dict(stored._mapping)}
            saved = rows.save(connection, schema.region, [asdict(region)], found)
            self.record(by, "region.save", region.name, saved._asdict())

    def region(self) -> Region:
        """Return the region of this home.

        Raises
        ------
        MissingDataError
            When none was saved yet.
        """
        with self.reading() as connection:
            stored = connection.execute(select(schema.region)).first()
        if stored is None:
            raise MissingDataError(
                "this home has no region yet; run `citrus init`", zh="尚未建立区域；请先运行 `citrus init`"
            )
        return Region(**stored._mapping)

    def save_boundaries(self, boundaries: Iterable[Boundary], *, by: Viewer | None = None) -> Saved:
        """Return how many outlines were added and changed; one of the same level, name and place is the same one."""
        boundaries = list(boundaries)
        table = schema.boundary
        with self.writing() as connection:
            stored = {row.id: dict(row._mapping) for row in connection.execute(select(table))}
            named: dict[tuple[str, str], list[dict[str, Any]]] = {}
            for row in stored.values():
                named.setdefault((row["level"], row["name"]), []).append(row)
            found = {}
            places = geometry_columns([boundary.geometry for boundary in boundaries])
            for boundary, place in zip(boundaries, places, strict=True):
                row = {"id": "", "name": boundary.name, "level": boundary.level, **place}
                twins = [twin["id"] for twin in named.get((boundary.level, boundary.name), []) if _touches(twin, row)]
                identity = boundary.id if boundary.id in stored else twins[0] if twins else boundary.id or uuid7()
                found[identity] = row | {"id": identity}
            saved = rows.save(connection, table, list(found.values()), stored)
            self.record(
                by, "boundary.save", ", ".join(sorted({boundary.level for boundary in boundaries})), saved._asdict()
            )
        return saved

    def boundaries(self, level: str | None = None) -> gpd.GeoDataFrame:
        """Return the outlines of `level` (all when None): id, name, level, geometry in EPSG:4326."""
        table = schema.boundary
        query = select(table.c.id, table.c.name, table.c.level, table.c.geometry).order_by(table.c.level, table.c.name)
        if level is not None:
            query = query.where(table.c.level == level)
        with self.reading() as connection:
            found = list(connection.execute(query))
        columns = (
            dict(zip(("id", "name", "level"), zip(*[row[:3] for row in found], strict=True), strict=False))
            if found
            else {}
        )
        geometry = shapely.from_wkb(np.array([row.geometry for row in found], dtype=object))
        return gpd.GeoDataFrame(
            {name: list(columns.get(name, ())) for name in ("id", "name", "level")}, geometry=geometry, crs="EPSG:4326"
        )

    def save_farms(self, farms: Iterable[Farm], *, by: Viewer | None = None) -> Saved:
        """Return how many farms were added and changed, known by their ids."""
        found = {farm.id: asdict(farm) for farm in farms}
        table = schema.farm
        with self.writing() as connection:
            if blank := [row["name"] for row in found.values() if not row["id"] or not row["name"].strip()]:
                raise InputError(
                    f"a farm needs an id and a name; got {blank[0]!r}", zh=f"果园需要编号和名称；现为“{blank[0]}”"
                )
            owners = {row["owner"] for row in found.values() if row["owner"]}
            if unknown := sorted(owners - known(connection, schema.account, owners)):
                raise NotFoundError(
                    f"no account '{unknown[0]}' to own a farm", zh=f"没有账号“{unknown[0]}”，不能作为果园主"
                )
            stored = lookup(connection, table, list(found))
            saved = rows.save(connection, table, list(found.values()), stored)
            self.record(by, "farm.save", ", ".join(row["name"] for row in found.values()), saved._asdict(), farms=found)
        return saved

    def farms(self, scope: Scope) -> list[Farm]:
        """Return the farms within `scope`, by name."""
        require_rows(scope)
        if scope.anonymous:
            return []
        query = select(schema.farm).order_by(schema.farm.c.name, schema.farm.c.id)
        if not scope.everything:
            within = select(schema.plot.c.farm).where(schema.plot.c.township.in_(scope.townships))
            query = query.where(or_(schema.farm.c.id.in_(scope.farms), schema.farm.c.id.in_(within)))
        with self.reading() as connection:
            return [Farm(**row._mapping) for row in connection.execute(query)]

    def save_station(self, station: Station, *, by: Viewer | None = None) -> Saved:
        """Return whether the station was added or changed, known by its id."""
        with self.writing() as connection:
            stored = lookup(connection, schema.station, [station.id])
            saved = rows.save(connection, schema.station, [asdict(station)], stored)
            self.record(by, "station.save", station.name, saved._asdict())
        return saved

    def stations(self) -> list[Station]:
        """Return all weather stations, by name."""
        with self.reading() as connection:
            return [
                Station(**row._mapping)
                for row in connection.execute(select(schema.station).order_by(schema.station.c.name))
            ]

    def station(self, identity: str) -> Station:
        """Return the station of that id (or name)."""
        stations = self.stations()
        for station in stations:
            if station.id == identity:
                return station
        for station in stations:
            if station.name == identity:
                return station
        names = ", ".join(station.name for station in stations) or "none"
        raise NotFoundError(f"no station '{identity}'; stored: {names}", zh=f"没有气象站“{identity}”；已有：{names}")


def geometry_columns(geometries: Sequence[shapely.Geometry]) -> list[dict[str, Any]]:
    """Return the WKB and the bbox columns of each of `geometries` in degrees.

    Raises
    ------
    InputError
        When one is empty or lies outside of the globe.
    """
    flat = shapely.force_2d(np.array(geometries, dtype=object))
    bounds = shapely.bounds(flat).reshape(-1, 4)
    inside = (bounds >= [-180, -90, -180, -90]).all(axis=1) & (bounds <= [180, 90, 180, 90]).all(axis=1)  # NaN: empty
    if not inside.all():
        told = " ".join(f"{edge:g}" for edge in bounds[~inside][0])
        raise InputError(
            f"geometry needs degrees of longitude and latitude (EPSG:4326); got bounds {told}",
            zh=f"图形需为经纬度（EPSG:4326）；现范围为 {told}",
        )
    places = [dict(zip(BBOX, box, strict=True)) for box in bounds.tolist()]
    return [{"geometry": wkb, **place} for wkb, place in zip(shapely.to_wkb(flat), places, strict=True)]


def lookup(connection: Any, table: Any, identities: list[str]) -> dict[str, dict[str, Any]]:
    """Return {id: row} of `identities` in `table`."""
    found: dict[str, dict[str, Any]] = {}
    for part in rows.chunks(identities):
        found |= {row.id: dict(row._mapping) for row in connection.execute(select(table).where(table.c.id.in_(part)))}
    return found


def known(connection: Any, table: Any, identities: Iterable[str]) -> set[str]:
    """Return those of `identities` that stand in `table`."""
    parts = rows.chunks(sorted(identities))
    return {
        identity for part in parts for identity in connection.scalars(select(table.c.id).where(table.c.id.in_(part)))
    }


def _touches(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (
        one["x0"] <= other["x1"] and other["x0"] <= one["x1"] and one["y0"] <= other["y1"] and other["y0"] <= one["y1"]
    )
