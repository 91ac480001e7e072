"""From what was found to a `Scene`: windows read, scaled, the offset settled, classes translated."""

from datetime import timedelta

import numpy as np
import rioxarray  # noqa: F401
import xarray as xr
from pyproj import CRS, Transformer

from agro.errors import InputError
from remote_sensing import boa_offset
from remote_sensing.reading import raster, scaling
from remote_sensing.reading.found import Found, Layer
from remote_sensing.reading.raster import Header, Place
from remote_sensing.scene import Quality, Scene

LARGEST = {"satellite": 4e9, "drone": 1.2e9}
"""Bytes of a scene in memory; a whole Sentinel-2 tile has 2.7e9, larger ones are read by `bounds`. [B]"""
MORNING, NOON = 10.5, 12.0  # solar time of a picture whose hour is not known: satellites, drones
LEAST_SHARE = 0.01  # of a band's extent that must lie in all others


def scene(found: Found, bounds=None, crs=None, time=None, offset=None, relative=False, into=None) -> Scene:
    """Return the scene; arguments as in `reading.read`."""
    heads = {role: raster.header(layer.path) for role, layer in found.layers.items()}
    heads = {role: _placed(head, crs) for role, head in heads.items()}
    target = CRS.from_user_input(into) if into is not None else _metric(next(iter(heads.values())))
    own = {role: head.crs == target and head.north_up for role, head in heads.items()}
    cells = {role: _cell(head, own[role]) for role, head in heads.items()}
    extent = _extent(found, heads, target, bounds, crs)
    places = _places(heads, own, cells, extent, target)
    _refuse_too_large(found, places, cells)
    raw = {
        role: raster.pixels(layer, places[cells[role]], own=own[role], nodata=_fill(found, heads[role]))
        for role, layer in found.layers.items()
    }
    classes = _classes(found, extent, target)
    decision = _decision(found, heads, raw, classes, cells, places, offset)
    values = {}
    for role, numbers in raw.items():
        scale, add = _scaling(found, heads[role], role, decision, numbers)
        values[role] = scaling.reflectance(numbers, scale, add, _fills(found, heads[role]))
    if found.sensor == "four_band" or (found.camera.relative and found.camera.scale != 1):
        _refuse_counts(found, values, raw, relative)
    grids = {}
    for cell in sorted(set(cells.values())):
        roles = [role for role in found.camera.roles if role in values and cells[role] == cell]
        grids[cell] = _labelled(np.stack([values.pop(role) for role in roles]), places[cell], roles)
    finest = min(grids)
    quality = _quality(found, classes, grids[finest], places[finest], target)
    if quality is not None and found.camera.mask.kind == "alpha":
        grids[finest] = grids[finest].where(quality == 0)
    when = time or found.time
    if when is None:
        raise InputError(
            f"{found.product}: nothing tells when it was taken; give time",
            zh=f"{found.product}：无法得知拍摄时间；请指定时间",
        )
    if time is None and found.about.get("day_only"):
        when = when + timedelta(hours=_hour(found, extent, target))
    about = {**found.about, "classes": found.camera.mask.how if quality is not None else "none"}
    about["relative"] = bool(relative or found.camera.relative)
    if decision is not None:
        about |= {"offset_decision": decision.why, "offset_decision_zh": decision.zh, "offset": decision.amount}
    if found.offset.baseline is not None:
        about.setdefault("baseline", f"{found.offset.baseline:05.2f}")
    return Scene(
        sensor=found.sensor,
        product=found.product,
        time=when,
        grids=grids,
        quality=quality,
        sun_zenith=found.sun_zenith,
        sun_azimuth=found.sun_azimuth,
        view_zenith=found.view_zenith,
        view_azimuth=found.view_azimuth,
        about=about,
    )


def _placed(head: Header, crs) -> Header:
    """Return the header, with `crs` where the file has none."""
    if head.transform.is_identity:
        raise raster.refused(
            head.path,
            "has no place on the ground (no georeference); an orthorectified GeoTIFF is needed",
            "没有地理参考，无法定位；需要正射校正后的 GeoTIFF",
        )
    if head.crs is None:
        if crs is None:
            raise raster.refused(
                head.path, "does not say its coordinate system; give crs", "文件没有坐标系信息；请指定坐标系"
            )
        return Header(**{**head.__dict__, "crs": CRS.from_user_input(crs)})
    return head


def _metric(head: Header) -> CRS:
    """Return the CRS to read in: the file's own in metres, else the UTM zone of its centre."""
    if head.crs.is_projected and abs(head.crs.axis_info[0].unit_conversion_factor - 1) < 1e-9:
        return head.crs
    west, south, east, north = raster.moved_bounds(head.bounds, head.crs, "EPSG:4326")
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return CRS.from_epsg((32600 if south + north >= 0 else 32700) + zone)


def _cell(head: Header, own) -> float:
    """Return the size of a cell [m], rounded when it is resampled."""
    if own:
        return round(head.cell, 6)
    if head.crs.is_geographic:
        narrowing = np.cos(np.radians((head.bounds[1] + head.bounds[3]) / 2))
        size = 111_320 * float(np.sqrt(abs(head.transform.a * head.transform.e) * narrowing))
    else:
        size = head.cell
    digits = 0 if size >= 3 else 2 if size >= 0.1 else 3
    return round(size, digits)


def _extent(found, heads, target, bounds, crs):
    """Return the part of the ground that all bands cover, within `bounds`, in the CRS to read in."""
    extents = [raster.moved_bounds(head.bounds, head.crs, target) for head in heads.values()]
    west, south = (max(extent[i] for extent in extents) for i in (0, 1))
    east, north = (min(extent[i] for extent in extents) for i in (2, 3))
    if east <= west or north <= south:
        raise InputError(
            f"{found.product}: its bands lie in different places", zh=f"{found.product}：各波段不在同一位置"
        )
    if bounds is None:
        return west, south, east, north
    asked = raster.moved_bounds(bounds, crs if crs is not None else target, target)
    inside = max(west, asked[0]), max(south, asked[1]), min(east, asked[2]), min(north, asked[3])
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        covered = ", ".join(f"{value:.0f}" for value in (west, south, east, north))
        wanted = ", ".join(f"{value:.0f}" for value in asked)
        raise InputError(
            f"{found.product}: lies elsewhere: it covers {covered}, asked for was {wanted} ({target.name})",
            zh=f"{found.product}：影像不在所需范围：影像范围 {covered}，所需范围 {wanted}（{target.name}）",
        )
    return inside


def _places(heads, own, cells, extent, target) -> dict[float, Place]:
    places: dict[float, Place] = {}
    for role, head in heads.items():
        cell = cells[role]
        place = raster.own_place(head, extent) if own[role] else raster.other_place(extent, target, cell)
        held = places.setdefault(cell, place)
        apart = max(abs(held.transform.c - place.transform.c), abs(held.transform.f - place.transform.f))
        if apart > 1e-3 * cell or (held.height, held.width) != (place.height, place.width):
            raise raster.refused(
                head.path,
                f"its cells of {cell:g} m do not lie on those of the other bands",
                f"其 {cell:g} 米像元与其他波段没有对齐",
            )
    return places


def _refuse_too_large(found, places, cells):
    held = sum(4.0 * places[cell].height * places[cell].width for cell in cells.values())
    most = LARGEST[found.camera.kind]
    if held > most:
        raise InputError(
            f"{found.product}: would take {held / 1e9:.1f} GB at once, {most / 1e9:.1f} GB at most; read it by bounds",
            zh=f"{found.product}：一次读入需 {held / 1e9:.1f} GB，最多 {most / 1e9:.1f} GB；请按范围分块读取",
        )


def _fill(found, head):
    """Return the fill of a file, the sensor's own first."""
    return found.camera.nodata if found.camera.nodata is not None and not _scaled(head) else head.nodata


def _fills(found, head):
    marks = [head.nodata] if _scaled(head) else [found.camera.nodata, head.nodata]
    return [mark for mark in marks if mark is not None]


def _scaled(head):
    """Return whether a file carries its own scale, or holds floats: reflectance already."""
    return head.scales[0] != 1 or head.dtype.startswith("float")


def _scaling(found, head, role, decision, numbers):
    if head.scales[0] != 1:
        return head.scales[0], head.offsets[0]
    if head.dtype.startswith("float") and found.camera.scale != 1:
        held = numbers[np.isfinite(numbers)]
        if held.size == 0 or np.median(held) <= scaling.BRIGHT:
            return 1.0, 0.0
    scale, add = found.scaling.get(role, (found.camera.scale, found.camera.offset))
    return scale, add + (decision.of(role) * scale if decision is not None else 0.0)


def _decision(found, heads, raw, classes, cells, places, offset):
    """Return the offset of Sentinel-2 numbers, settled with the numbers; None for other sensors and scaled files."""
    if not found.camera.boa_offset or any(_scaled(head) for head in heads.values()):
        return None
    declared = boa_offset.declared(found.offset, offset)
    land = {}
    for role in ("red", "swir2"):
        if role in raw:
            keep = raw[role] != 0
            if classes is not None:
                layer = _onto(classes[0], classes[1], places[cells[role]])
                keep &= np.isin(layer, found.camera.mask.clear)
            land[role] = raw[role][keep]
    return boa_offset.settled(declared, land.get("red"), land.get("swir2"))


def _refuse_counts(found, values, raw, relative):
    if relative:
        return
    if any(scaling.looks_like_counts(values[role], raw[role]) for role in values):
        raise InputError(
            f"{found.product}: its numbers look like raw counts, not like reflectance x 10,000; bring in reflectance, "
            "or say relative: then only places and dates within this sensor are compared, by rank",
            zh=f"{found.product}：数值像是原始计数值（DN），不是放大一万倍的反射率；请提供反射率产品，"
            "或标记为“相对”，只做相对比较",
        )


def _classes(found, extent, target):
    """Return (class layer, its place) over the extent; None without one."""
    if found.classes is None or found.camera.mask.kind == "alpha":
        return None
    head = raster.header(found.classes.path)
    if head.crs is None:
        head = Header(**{**head.__dict__, "crs": target})
    own = head.crs == target and head.north_up
    place = raster.own_place(head, extent) if own else raster.other_place(extent, target, _cell(head, own))
    return raster.pixels(found.classes, place, own=own, nearest=True), place


def _onto(layer, place, other):
    """Return a layer of one grid on the cells of another, by the nearest centre; 0 outside."""
    columns = np.floor((other.x - place.transform.c) / place.transform.a).astype(int)
    rows = np.floor((other.y - place.transform.f) / place.transform.e).astype(int)
    inside = ((rows >= 0) & (rows < place.height))[:, None] & ((columns >= 0) & (columns < place.width))
    taken = layer[..., np.clip(rows, 0, place.height - 1)[:, None], np.clip(columns, 0, place.width - 1)]
    return np.where(inside, taken, 0)


def _quality(found, classes, finest, place, target):
    if found.camera.mask.kind == "alpha":
        shown = _alpha(found, place, target)
        bits = np.where(shown, np.uint8(0), np.uint8(Quality.NODATA))
    elif classes is not None:
        bits = found.camera.mask.quality(_onto(classes[0], classes[1], place))
    else:
        return None
    nothing = np.isnan(finest.values).all(axis=0)
    bits = bits | np.where(nothing, np.uint8(Quality.NODATA), np.uint8(0))
    coords = {"y": finest["y"], "x": finest["x"]}
    return xr.DataArray(bits.astype(np.uint8), dims=("y", "x"), coords=coords, name="quality").rio.write_crs(place.crs)


def _alpha(found, place, target):
    """Return where a picture shows something: its alpha band, else its mask, else everywhere."""
    layer = found.classes
    first = next(iter(found.layers.values()))
    head = raster.header((layer or first).path)
    own = head.crs == target and head.north_up
    if layer is not None:
        return raster.pixels(layer, place, own=own, nearest=True) > 0
    if head.masked and own:
        return raster.shown(Layer(head.path), place) > 0
    return np.ones((place.height, place.width), dtype=bool)


def _labelled(values, place, roles):
    coords = {"band": list(roles), "y": place.y, "x": place.x}
    return xr.DataArray(values, dims=("band", "y", "x"), coords=coords, name="reflectance").rio.write_crs(place.crs)


def _hour(found, extent, target):
    """Return the hour, UTC, of a picture whose day alone is known: satellites pass in the morning."""
    west, south, east, north = extent
    longitude, _ = Transformer.from_crs(target, "EPSG:4326", always_xy=True).transform(
        (west + east) / 2, (south + north) / 2
    )
    solar = NOON if found.camera.kind == "drone" else MORNING
    return solar - longitude / 15
