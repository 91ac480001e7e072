"""Maps of slopes as Cloud-Optimized GeoTIFFs that say of themselves what they show."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import rasterio.shutil
import rioxarray  # noqa: F401
import xarray as xr
from affine import Affine
from rasterio.io import MemoryFile

TAG = "CITRUS_SLOPE"
BANDS = ("delay", "bloom", "maturity", "ripe", "diameter", "elevation", "slope")
UNITS = {"delay": "d", "diameter": "mm", "elevation": "m", "slope": "degree"}
NOTE = "growth model without local calibration: differences between places, not dates to rely on"


def write(path: Path, layers: xr.Dataset, about: dict[str, Any]) -> None:
    """Write the bands of a map on square cells, north up, each with its name and unit."""
    x, y = layers["x"].to_numpy(), layers["y"].to_numpy()
    size = float(x[1] - x[0]) if len(x) > 1 else float(y[0] - y[1])
    profile = {
        "driver": "GTiff", "width": len(x), "height": len(y), "count": len(BANDS), "dtype": "float32",
        "crs": layers.rio.crs, "transform": Affine(size, 0, x[0] - size / 2, 0, -size, y[0] + size / 2),
        "nodata": np.nan,
    }  # fmt: skip
    year = about["bloom_year"]
    with MemoryFile() as memory:
        with memory.open(**profile) as file:
            for number, name in enumerate(BANDS, 1):
                file.write(layers[name].to_numpy().astype(np.float32), number)
                file.set_band_description(number, name)
                unit = UNITS.get(name, f"day of {year}, 1 is 1 January")
                file.update_tags(number, units=unit, long_name=str(layers[name].attrs.get("long_name", name)))
            file.update_tags(
                **{TAG: json.dumps(about, ensure_ascii=False), "evidence": about["evidence"], "note": NOTE}
            )
        with memory.open() as file:
            options = {"COMPRESS": "DEFLATE", "PREDICTOR": "3", "BLOCKSIZE": "256", "OVERVIEW_RESAMPLING": "AVERAGE"}
            rasterio.shutil.copy(file, path, driver="COG", **options)


def read(path: Path) -> tuple[xr.Dataset, dict[str, Any]]:
    """Return the bands of a map, dims (y, x), and what it says of itself."""
    with rasterio.open(path) as file:
        about = json.loads(file.tags()[TAG])
        step, left, top = file.transform.a, file.transform.c, file.transform.f
        coords = {
            "y": top - step * (np.arange(file.height) + 0.5),
            "x": left + step * (np.arange(file.width) + 0.5),
        }
        values, names, crs = file.read(), file.descriptions, file.crs
        attrs = [{key: file.tags(k)[key] for key in ("units", "long_name")} for k in file.indexes]
    bands = {name: (("y", "x"), value, about_it) for name, value, about_it in zip(names, values, attrs, strict=True)}
    return xr.Dataset(bands, coords).rio.write_crs(crs), about
