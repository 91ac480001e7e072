"""Scenes: what satellites and drones saw, each with its files; the same product twice is one scene."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from sqlalchemy import delete, insert, select, update

from agro.errors import InputError, NotFoundError
from agro.farm import Viewer
from agro.store import schema
from agro.store.disclosure import anonymised
from agro.store.flown import GAPS, PLOTS, SCHEMAS, TREES
from agro.store.ids import uuid7
from agro.store.plots import within
from agro.store.rights import Scope
from agro.store.settings import Settings
from agro.store.weather import lost

QUALITY, MOSAIC = "quality", "mosaic"
"""Parts of a scene besides its tables, and its bands, which are named by their cell size."""
TABLES = (PLOTS, TREES, GAPS)
FEW = 2_000  # plots that a query of the files names one by one
Writer = Callable[[Path], None]


@dataclass(frozen=True)
class StoredScene:
    """One date of one sensor as the catalogue knows it.

    Attributes
    ----------
    product : str
        The producer's own name; with the sensor it names the scene for ever.
    kind : str
        "satellite" or "drone".
    bounds : tuple of float
        West, south, east, north of what was kept. [degrees]
    cloud, valid : float, optional
        Share of what was kept under cloud or its shadow, and of the plots' area that can be used. [1]
    checksum : str
        Of the files that were read.
    """

    sensor: str
    product: str
    kind: str
    time: datetime
    crs: str
    bounds: tuple[float, float, float, float]
    cloud: float | None = None
    valid: float | None = None
    about: Mapping[str, Any] | None = None
    source: str = ""
    synthetic: bool = False
    checksum: str = ""
    id: str = ""
    imported: datetime | None = None


class Scenes(Settings):
    """The catalogue of scenes; files in `rasters/`."""

    def save_scene(
        self, scene: StoredScene, parts: Mapping[str, Writer], *, again: bool = False, by: Viewer | None = None
    ) -> tuple[StoredScene, str]:
        """Return the stored scene and what became of it: "added", "same" or "replaced".

        The same product with the same checksum stands already and nothing is written; with another one it was
        processed anew and takes the place of what stood, under the same id.

        Parameters
        ----------
        parts : dict of {str: callable}
            What writes each part to a path: a COG, or Parquet for `TABLES`.
        again : bool
            More was read of the same files: what stood is replaced all the same.
        """
        before = self.scene_of(scene.sensor, scene.product)
        if before is not None and before.checksum == scene.checksum and not again:
            return before, "same"
        stem = f"{scene.sensor}-{scene.time:%Y%m%d}"
        with ExitStack() as files:
            drafts = {
                part: files.enter_context(self.drafted("rasters", f"{stem}-{part}", _suffix(part), write))
                for part, write in parts.items()
            }
            with self.writing() as connection:
                table = schema.scene
                mine = (table.c.sensor == scene.sensor, table.c.product == scene.product)
                identity = connection.scalar(select(table.c.id).where(*mine).with_for_update())
                told = "added" if identity is None else "replaced"
                scene = replace(scene, id=identity or uuid7(), imported=self.clock(), about=dict(scene.about or {}))
                if identity is None:
                    connection.execute(insert(table).values(_row(scene)))
                else:
                    connection.execute(update(table).where(table.c.id == identity).values(_row(scene)))
                    connection.execute(delete(schema.scene_part).where(schema.scene_part.c.scene == identity))
                for part, keep in drafts.items():
                    connection.execute(
                        insert(schema.scene_part).values(id=uuid7(), scene=scene.id, part=part, **keep())
                    )
                counts = {"sensor": scene.sensor, "date": f"{scene.time:%Y-%m-%d}", "parts": sorted(parts)}
                self.record(by, "scene.replace" if identity else "scene.add", scene.product, counts)
        return scene, told

    def save_scene_part(
        self, identity: str, part: str, write: Writer, *, about: Mapping[str, Any] | None = None,
        valid: float | None = None, by: Viewer | None = None,
    ) -> None:  # fmt: skip
        """Replace one part of a scene, as when plots came after it; `about` is added to what is known of it."""
        scene = self.scene(identity)
        stem = f"{scene.sensor}-{scene.time:%Y%m%d}-{part}"
        table = schema.scene_part
        with self.drafted("rasters", stem, _suffix(part), write) as keep, self.writing() as connection:
            connection.execute(delete(table).where(table.c.scene == identity, table.c.part == part))
            connection.execute(insert(table).values(id=uuid7(), scene=identity, part=part, **keep()))
            changed: dict[str, Any] = {"about": {**(scene.about or {}), **(about or {})}}
            changed |= {} if valid is None else {"valid": valid}
            connection.execute(update(schema.scene).where(schema.scene.c.id == identity).values(changed))
            self.record(by, "scene.part", scene.product, {"part": part})

    def scene(self, identity: str) -> StoredScene:
        """Return one scene by its id.

        Raises
        ------
        NotFoundError
            When there is none.
        """
        with self.reading() as connection:
            found = connection.execute(select(schema.scene).where(schema.scene.c.id == identity)).first()
        if found is None:
            raise NotFoundError(f"no scene '{identity}'", zh=f"没有影像“{identity}”")
        return _scene(found)

    def scene_of(self, sensor: str, product: str) -> StoredScene | None:
        """Return the scene of a product, or None."""
        table = schema.scene
        with self.reading() as connection:
            query = select(table).where(table.c.sensor == sensor, table.c.product == product)
            found = connection.execute(query).first()
        return None if found is None else _scene(found)

    def scenes(
        self,
        kind: str | None = None,
        start: date | None = None,
        end: date | None = None,
        *,
        sensor: str | None = None,
        bbox: tuple[float, float, float, float] | None = None,
    ) -> list[StoredScene]:
        """Return the scenes taken from `start` to `end` (days of UTC, both included), the newest first."""
        table = schema.scene
        query = select(table).order_by(table.c.time.desc(), table.c.id)
        if kind is not None:
            query = query.where(table.c.kind == kind)
        if sensor is not None:
            query = query.where(table.c.sensor == sensor)
        if start is not None:
            query = query.where(table.c.time >= _midnight(start))
        if end is not None:
            query = query.where(table.c.time < _midnight(end + timedelta(days=1)))
        if bbox is not None:
            west, south, east, north = map(float, bbox)
            query = query.where(table.c.x0 <= east, table.c.x1 >= west, table.c.y0 <= north, table.c.y1 >= south)
        with self.reading() as connection:
            return [_scene(row) for row in connection.execute(query)]

    def scene_parts(self, identity: str) -> dict[str, Path]:
        """Return {part: file} of a scene."""
        table = schema.scene_part
        with self.reading() as connection:
            found = connection.execute(select(table.c.part, table.c.path).where(table.c.scene == identity))
            return {row.part: self.home / row.path for row in found}

    def scene_part(self, identity: str, part: str) -> Path:
        """Return the file of one part.

        Raises
        ------
        NotFoundError
            When the scene has no such part.
        """
        path = self.scene_parts(identity).get(part)
        if path is None:
            raise NotFoundError(f"scene '{identity}' has no '{part}'", zh=f"影像“{identity}”没有“{part}”")
        if not path.is_file():
            raise lost(path)
        return path

    def remove_scene(self, identity: str, *, by: Viewer | None = None) -> None:
        """Forget a scene; its files go with the next sweep."""
        scene = self.scene(identity)
        with self.writing() as connection:
            connection.execute(delete(schema.scene).where(schema.scene.c.id == identity))
            self.record(by, "scene.remove", scene.product, {"sensor": scene.sensor})

    def plot_pictures(
        self,
        scope: Scope,
        start: date | None = None,
        end: date | None = None,
        *,
        plots: Iterable[str] | None = None,
        indices: Iterable[str] | None = None,
        kind: str = "satellite",
        columns: Iterable[str] | None = None,
    ) -> pd.DataFrame:
        """Return what the scenes of some time say of plots within `scope`, by plot, index and time.

        Parameters
        ----------
        start, end : date, optional
            Days of UTC, both included.
        plots, indices : iterable of str, optional
            Only these; read by filter, so that one plot's curve does not read a county's.
        columns : iterable of str, optional
            Only these, besides plot, time and index.

        Returns
        -------
        DataFrame
            The observation table of `remote_sensing.series`; empty without scenes.
        """
        return self._scene_tables(PLOTS, scope, start, end, plots, indices, kind, columns)

    def tree_readings(
        self, scope: Scope, scene: str | None = None, *, plots: Iterable[str] | None = None, part: str = TREES
    ) -> pd.DataFrame:
        """Return the trees (or `GAPS`) of one flight, or of all, of plots within `scope`."""
        return self._scene_tables(part, scope, None, None, plots, None, "drone", None, scene)

    def _scene_tables(
        self, part: str, scope: Scope, start: date | None, end: date | None, plots: Iterable[str] | None,
        indices: Iterable[str] | None, kind: str, columns: Iterable[str] | None, scene: str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        table, files = schema.scene, schema.scene_part
        query = select(files.c.path).join(table, table.c.id == files.c.scene)
        query = query.where(files.c.part == part, table.c.kind == kind).order_by(table.c.time, table.c.id)
        query = query if scene is None else query.where(table.c.id == scene)
        query = query if start is None else query.where(table.c.time >= _midnight(start))
        query = query if end is None else query.where(table.c.time < _midnight(end + timedelta(days=1)))
        with self.reading() as connection:
            paths = [self.home / path for path in connection.scalars(query)]
            seen = set(connection.scalars(select(schema.plot.c.id).where(within(scope))))
        asked = seen if plots is None else seen & set(plots)
        if not paths or not asked:
            return pd.DataFrame()
        for path in paths:
            if not path.is_file():
                raise lost(path)
        try:
            frame = _read(paths, part, kind, asked, indices, columns)
        except (pa.ArrowException, OSError) as error:
            raise InputError(
                f"a table of the pictures cannot be read: {error}; restore the backup",
                zh=f"影像的数据表无法读取：{error}；请恢复备份",
            ) from error
        frame = frame[frame["plot"].isin(asked)].reset_index(drop=True)
        return anonymised(frame, self.salt()) if scope.anonymous else frame


def _read(
    paths: list[Path], part: str, kind: str, asked: set[str], indices: Iterable[str] | None,
    columns: Iterable[str] | None,
) -> pd.DataFrame:  # fmt: skip
    """Return the rows of tables of one part that may speak of the plots asked for."""
    wanted = ds.field("plot").isin(sorted(asked)) if len(asked) <= FEW else None
    if indices is not None:
        by_index = ds.field("index").isin(sorted(set(indices)))
        wanted = by_index if wanted is None else wanted & by_index
    whole = ds.dataset(paths, schema=SCHEMAS[part] if kind == "drone" else _unified(paths))
    names = None
    if columns is not None:
        names = list(
            dict.fromkeys([*(one for one in ("plot", "time", "index") if one in whole.schema.names), *columns])
        )
    return whole.to_table(columns=names, filter=wanted).to_pandas()


def _unified(paths: list[Path]) -> pa.Schema:
    schemas = [ds.dataset(path).schema for path in (paths[0], paths[-1])]
    return pa.unify_schemas(schemas, promote_options="permissive")


def _suffix(part: str) -> str:
    return ".parquet" if part in TABLES else ".tif"


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _row(scene: StoredScene) -> dict[str, Any]:
    row = {field.name: getattr(scene, field.name) for field in fields(scene) if field.name != "bounds"}
    return row | dict(zip(("x0", "y0", "x1", "y1"), map(float, scene.bounds), strict=True))


def _scene(row: Any) -> StoredScene:
    known = {field.name: row._mapping[field.name] for field in fields(StoredScene) if field.name != "bounds"}
    return StoredScene(**known, bounds=(row.x0, row.y0, row.x1, row.y1))
