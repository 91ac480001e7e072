"""Maps as Cloud-Optimized GeoTIFFs; the store keeps their kind, time, CRS, origin and checksum."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rioxarray
import xarray as xr
from sqlalchemy import delete, insert, select

from agro.errors import InputError, MissingDataError
from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit
from agro.store.ids import uuid7
from agro.store.weather import lost

TAG = "CITRUS"


class Rasters(Audit):
    """Files in `rasters/`."""

    def save_raster(
        self,
        kind: str,
        raster: xr.DataArray,
        source: str = "",
        time: datetime | None = None,
        *,
        by: Viewer | None = None,
    ) -> Path:
        """Return the path of `raster` stored as `kind`; one of the same kind and time is replaced.

        Parameters
        ----------
        kind : str
            "dem", "slope", "horizon" ...
        raster : DataArray, dims (y, x) or (any, y, x)
            With its CRS; floats become float32 with NaN for no data.
        time : datetime, optional
            When it was seen; None for what does not change.

        Raises
        ------
        InputError
            When it has no CRS or no pixels.
        """
        if raster.rio.crs is None or raster.ndim not in (2, 3) or not raster.size:
            raise InputError(
                f"raster '{kind}' needs (y, x) pixels and a CRS; got {raster.sizes} in {raster.rio.crs}",
                zh=f"栅格“{kind}”需要像元（y, x）和坐标系；现为 {dict(raster.sizes)}，坐标系 {raster.rio.crs}",
            )
        table = schema.raster
        mine = (table.c.kind == kind, table.c.time == time if time is not None else table.c.time.is_(None))
        drafted = self.drafted("rasters", kind, ".tif", lambda path: _write_cog(path, raster))
        with drafted as keep, self.writing() as connection:
            file = keep()
            connection.execute(delete(table).where(*mine))
            about = {"kind": kind, "time": time, "crs": raster.rio.crs.to_string(), "source": source}
            connection.execute(insert(table).values(id=uuid7(), **about, **file))
            self.record(by, "raster.save", kind, {"pixels": int(raster.size)})
        return self.home / file["path"]

    def raster_path(self, kind: str, time: datetime | None = None) -> Path:
        """Return the file of `kind`: the newest, or the one of `time`.

        Raises
        ------
        MissingDataError
            When none is stored.
        """
        table = schema.raster
        query = select(table.c.path).where(table.c.kind == kind)
        query = (
            query.where(table.c.time == time) if time is not None else query.order_by(table.c.time.desc().nulls_last())
        )
        with self.reading() as connection:
            path = connection.scalar(query.order_by(table.c.id.desc()).limit(1))
        if path is None:
            raise MissingDataError(f"no raster '{kind}' yet", zh=f"尚无栅格“{kind}”")
        if not (self.home / path).is_file():
            raise lost(self.home / path)
        return self.home / path

    def raster(self, kind: str, time: datetime | None = None) -> xr.DataArray:
        """Return `kind` as it was saved, pixels read when they are asked for; no data is NaN."""
        path = self.raster_path(kind, time)
        with rasterio.open(path) as file:
            about = json.loads(file.tags().get(TAG, "{}"))
        opened = rioxarray.open_rasterio(path, masked=about.get("floats", True), lock=True)
        if not isinstance(opened, xr.DataArray):
            raise InputError(f"{path} is no single raster", zh=f"{path} 不是单一栅格")
        array = opened.squeeze("band", drop=True) if about.get("leading") is None else opened
        if about.get("leading") is not None:
            array = array.rename(band=about["leading"]).drop_vars(about["leading"], errors="ignore")
            if about["labels"] is not None:
                array = array.assign_coords({about["leading"]: about["labels"]})
        array.attrs = about.get("attrs", {})
        return array.rename(about.get("name", kind))

    def rasters(self) -> list[dict[str, Any]]:
        """Return {kind, time, crs, source} of all that is stored, by kind and time."""
        table = schema.raster
        query = select(table.c.kind, table.c.time, table.c.crs, table.c.source).order_by(table.c.kind, table.c.time)
        with self.reading() as connection:
            return [dict(row._mapping) for row in connection.execute(query)]


def _write_cog(path: Path, raster: xr.DataArray) -> None:
    floats = raster.dtype.kind == "f"
    leading = str(raster.dims[0]) if raster.ndim == 3 else None
    labels = raster[leading].values.tolist() if leading is not None and leading in raster.coords else None
    attrs = {key: value for key, value in raster.attrs.items() if isinstance(value, (str, int, float))}
    about = {
        "name": str(raster.name or path.stem),
        "floats": floats,
        "leading": leading,
        "labels": labels,
        "attrs": attrs,
    }
    plain = raster.astype("float32") if floats else raster.astype("uint8") if raster.dtype == bool else raster
    plain = plain.copy()
    plain.attrs = {}
    plain.encoding = {}
    if floats:
        plain = plain.rio.write_nodata(np.nan)
    plain.rio.to_raster(
        path,
        driver="COG",
        compress="DEFLATE",
        predictor=3 if floats else 2,
        blocksize=512,
        overview_resampling="average" if floats else "nearest",
        num_threads=2,
        bigtiff="IF_SAFER",
        tags={TAG: json.dumps(about)},
    )
