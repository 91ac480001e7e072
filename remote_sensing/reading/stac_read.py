"""Reading pictures of a STAC catalogue with odc-stac: tiles of a day at once, only the part that is needed.

odc-stac left alone loads everything as float32 without nodata, classes too, when items do not tell; so types, fill and
resampling are always given, and the grid is the pictures' own where the CRS is the same: nothing is resampled then.
"""

import numpy as np
import rasterio
from affine import Affine
from odc.geo.geobox import GeoBox
from odc.stac import load
from pyproj import CRS
from rasterio.errors import RasterioError

from agro.errors import InputError
from remote_sensing.reading import assembly, finishing, raster
from remote_sensing.reading.finishing import Gathered
from remote_sensing.reading.found import Found
from remote_sensing.reading.raster import Place
from remote_sensing.reading.stac_items import asset_keys, joined
from remote_sensing.scene import Scene

PATIENCE = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_TIMEOUT": "60",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif,.tiff,.jp2,.TIF,.JP2",
}


def read(found, bounds=None, crs=None, time=None, offset=None, relative=False, into=None) -> Scene:
    """Return the scene of one picture of a catalogue, or of several tiles of a day; arguments as in `reading.read`."""
    one = joined(found) if isinstance(found, (list, tuple)) else found
    target = CRS.from_user_input(into) if into is not None else _own_crs(one)
    extents = [_extent(entry, target) for entry in one.items]
    extent = (*(min(e[i] for e in extents) for i in (0, 1)), *(max(e[i] for e in extents) for i in (2, 3)))
    extent = assembly.within(one, extent, bounds, crs, target)
    cells = {role: one.camera.bands[role].cell for role in one.layers}
    origins = [_origin(entry, target) for entry in one.items]
    places = {cell: _place(extent, target, cell, origins[0]) for cell in set(cells.values())}
    assembly.refuse_too_large(one, places, cells)
    raw: dict[str, np.ndarray] = {}
    for cell, place in places.items():
        roles = [role for role in cells if cells[role] == cell]
        raw |= _loaded(one, {role: role for role in roles}, place, "bilinear")
    classes = None
    if one.classes is not None:
        place = _place(extent, target, one.camera.mask.cell or min(cells.values()), origins[0])
        classes = _loaded(one, {"classes": None}, place, "nearest")["classes"], place
    gathered = Gathered(raw=raw, cells=cells, places=places, crs=target, classes=classes)
    return finishing.scene(one, gathered, time, offset, relative)


def _own_crs(one: Found) -> CRS:
    """Return the CRS of the first tile; neighbours of another zone are warped into it."""
    first = one.items[0]
    code = first.properties.get("proj:code") or first.properties.get("proj:epsg")
    code = code or next((asset.extra_fields.get("proj:epsg") for asset in first.assets.values()), None)
    if code is not None:
        return CRS.from_user_input(code if isinstance(code, str) else int(code))
    with rasterio.Env(**PATIENCE):
        return assembly.metric(assembly.placed(raster.header(_opened_path(next(iter(one.layers.values())).path)), None))


def _opened_path(href):
    return f"/vsicurl/{href}" if href.startswith("http") else href


def _extent(one, target):
    box = one.bbox if len(one.bbox) == 4 else (*one.bbox[:2], *one.bbox[3:5])
    return raster.moved_bounds(box, "EPSG:4326", target)


def _origin(one, target):
    """Return the corner on which the cells of an item lie, where its CRS is `target`; (0, 0) where it is not told."""
    code = one.properties.get("proj:code") or one.properties.get("proj:epsg")
    transforms = [one.properties, *(asset.extra_fields for asset in one.assets.values())]
    transform = next((entry["proj:transform"] for entry in transforms if entry.get("proj:transform")), None)
    if code is None or transform is None or CRS.from_user_input(code if isinstance(code, str) else int(code)) != target:
        return 0.0, 0.0
    return float(transform[2]), float(transform[5])


def _place(extent, target, cell, origin) -> Place:
    x0, y0 = origin[0] % cell, origin[1] % cell
    west, south, east, north = extent
    moved = raster.other_place((west - x0, south - y0, east - x0, north - y0), target, cell)
    return Place(target, Affine.translation(x0, y0) * moved.transform, moved.height, moved.width)


def _loaded(one: Found, wanted, place: Place, resampling) -> dict[str, np.ndarray]:
    """Return numbers of assets on a grid, by odc-stac; `wanted` maps result names to roles (None for classes)."""
    document = one.items[0].to_dict(include_self_link=False, transform_hrefs=False)
    keys = asset_keys(document, one.camera)
    asset = {name: keys[role or "classes"] for name, role in wanted.items()}
    bits = one.camera.mask.kind == "bits" or resampling != "nearest"
    kind = {"data_type": "uint16" if bits else "uint8", "nodata": 0}
    box = GeoBox((place.height, place.width), place.transform, place.crs.to_wkt())
    try:
        with rasterio.Env(**PATIENCE):
            found = load(
                list(one.items),
                bands=list(asset.values()),
                geobox=box,
                groupby="solar_day",
                resampling=resampling,
                stac_cfg={"*": {"assets": {"*": kind}}},
                progress=None,
            )
    except (RasterioError, OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{one.product}: a file of the catalogue cannot be read, it is missing, cut off or broken: {error}",
            zh=f"{one.product}：目录中的影像文件读不出来（缺失、被截断或已损坏）：{error}",
        ) from error
    if found.sizes.get("time", 1) != 1:
        raise InputError(f"{one.product}: pictures of several days", zh=f"{one.product}：含有多个日期的影像")
    return {name: found[key].isel(time=0).values for name, key in asset.items()}
