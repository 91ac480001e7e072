"""From what was found to numbers on grids: which part to read, of which files, onto which cells."""

import numpy as np
from pyproj import CRS

from agro.errors import InputError
from remote_sensing.reading import finishing, raster
from remote_sensing.reading.finishing import Gathered
from remote_sensing.reading.found import Found, Layer
from remote_sensing.reading.raster import Header, Place
from remote_sensing.scene import Scene

LARGEST = {"satellite": 4e9, "drone": 1.2e9}
"""Bytes of a scene in memory; a whole Sentinel-2 tile has 2.7e9, larger ones are read by `bounds`. [B]"""
COARSE = 512  # px, longer side of a look at a whole picture
METRE = 111_320  # m in a degree of latitude


def scene(found: Found, bounds=None, crs=None, time=None, offset=None, relative=False, into=None) -> Scene:
    """Return the scene of files that were found; arguments as in `reading.read`."""
    heads = {role: placed(raster.header(layer.path), crs) for role, layer in found.layers.items()}
    target = CRS.from_user_input(into) if into is not None else metric(next(iter(heads.values())))
    own = {role: head.crs == target and head.north_up for role, head in heads.items()}
    cells = {role: _cell(head, own[role]) for role, head in heads.items()}
    extent = shared_extent(found, [raster.moved_bounds(h.bounds, h.crs, target) for h in heads.values()], target)
    extent = within(found, extent, bounds, crs, target)
    places = _places(heads, own, cells, extent, target)
    refuse_too_large(found, places, cells)
    raw = {
        role: raster.pixels(
            layer, places[cells[role]], own=own[role], nodata=_fill(found, heads[role]), crs=heads[role].crs
        )
        for role, layer in found.layers.items()
    }
    finest = places[min(places)]
    gathered = Gathered(
        raw=raw,
        cells=cells,
        places=places,
        crs=target,
        heads=heads,
        classes=_classes(found, extent, target),
        shown=_shown(found, finest, target) if found.camera.mask.kind == "alpha" else None,
        elsewhere=lambda: _land(found, heads),
    )
    return finishing.scene(found, gathered, time, offset, relative)


def placed(head: Header, crs) -> Header:
    """Return the header, with `crs` where the file has none.

    Raises
    ------
    InputError
        When the file has no place on the ground, or no CRS and none was given.
    """
    if head.transform.is_identity:
        raise no_place(head.path)
    if head.crs is None:
        if crs is None:
            raise raster.refused(
                head.path, "does not say its coordinate system; give crs", "文件没有坐标系信息；请指定坐标系"
            )
        return Header(**{**head.__dict__, "crs": CRS.from_user_input(crs)})
    return head


def no_place(path) -> InputError:
    """Return the error for a picture without georeference."""
    return raster.refused(
        path,
        "has no place on the ground (no georeference); an orthorectified GeoTIFF is needed",
        "没有地理参考，无法定位；需要正射校正后的 GeoTIFF",
    )


def metric(head: Header) -> CRS:
    """Return the CRS to read in: the file's own in metres, else the UTM zone of its centre."""
    if head.crs.is_projected and abs(head.crs.axis_info[0].unit_conversion_factor - 1) < 1e-9:
        return head.crs
    west, south, east, north = raster.moved_bounds(head.bounds, head.crs, "EPSG:4326")
    zone = int(((west + east) / 2 + 180) // 6) + 1
    return CRS.from_epsg((32600 if south + north >= 0 else 32700) + zone)


def shared_extent(found, extents, target):
    """Return the rectangle that all `extents` cover; a scene is one place.

    Raises
    ------
    InputError
        When they share nothing.
    """
    west, south = (max(extent[i] for extent in extents) for i in (0, 1))
    east, north = (min(extent[i] for extent in extents) for i in (2, 3))
    if east <= west or north <= south:
        raise InputError(
            f"{found.product}: its bands lie in different places ({target.name})",
            zh=f"{found.product}：各波段不在同一位置（{target.name}）",
        )
    return west, south, east, north


def within(found, extent, bounds, crs, target):
    """Return the part of `extent` (in `target`) that lies within `bounds` (in `crs`).

    Raises
    ------
    InputError
        When there is none.
    """
    if bounds is None:
        return extent
    asked = raster.moved_bounds(bounds, crs if crs is not None else target, target)
    inside = (*map(max, extent[:2], asked[:2]), *map(min, extent[2:], asked[2:]))
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        covered, wanted = (", ".join(f"{value:.0f}" for value in box) for box in (extent, asked))
        raise InputError(
            f"{found.product}: lies elsewhere: it covers {covered}, asked for was {wanted} ({target.name})",
            zh=f"{found.product}：影像不在所需范围：影像范围 {covered}，所需范围 {wanted}（{target.name}）",
        )
    return inside


def refuse_too_large(found, places, cells):
    """Raise InputError when a scene would take more memory than its kind may."""
    held = sum(4.0 * places[cell].height * places[cell].width for cell in cells.values())
    most = LARGEST[found.camera.kind]
    if held > most:
        raise InputError(
            f"{found.product}: would take {held / 1e9:.1f} GB at once, {most / 1e9:.1f} GB at most; read it by bounds",
            zh=f"{found.product}：一次读入需 {held / 1e9:.1f} GB，最多 {most / 1e9:.1f} GB；请按范围分块读取",
        )


def _cell(head: Header, own) -> float:
    """Return the size of a cell [m], rounded when it is resampled."""
    if own:
        return round(head.cell, 6)
    size = head.cell
    if head.crs.is_geographic:
        narrowing = np.cos(np.radians((head.bounds[1] + head.bounds[3]) / 2))
        size = METRE * float(np.sqrt(abs(head.transform.a * head.transform.e) * narrowing))
    digits = 0 if size >= 3 else 2 if size >= 0.1 else 3
    return round(size, digits)


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


def _fill(found, head):
    """Return the number for nothing in a file, the sensor's own first."""
    return found.camera.nodata if found.camera.nodata is not None and not finishing.is_scaled(head) else head.nodata


def _classes(found, extent, target):
    """Return (class layer, its place) over the extent; None without one."""
    if found.classes is None or found.camera.mask.kind == "alpha":
        return None
    head = raster.header(found.classes.path)
    if head.crs is None:
        head = Header(**{**head.__dict__, "crs": target})
    own = head.crs == target and head.north_up
    place = raster.own_place(head, extent) if own else raster.other_place(extent, target, _cell(head, own))
    return raster.pixels(found.classes, place, own=own, nearest=True, crs=head.crs), place


def _shown(found, place, target):
    """Return where a picture shows something: its alpha band, else its mask, else everywhere."""
    first = next(iter(found.layers.values()))
    head = raster.header((found.classes or first).path)
    own = (head.crs is None or head.crs == target) and not (head.transform.b or head.transform.d)
    if found.classes is not None:
        return raster.pixels(found.classes, place, own=own, nearest=True, crs=target) > 0
    if head.masked and own:
        return raster.shown(Layer(head.path), place) > 0
    return np.ones((place.height, place.width), dtype=bool)


def _land(found, heads):
    """Return numbers of clear land from all over a picture, coarsely, for the bands that tell its offset."""
    asked = {role: found.layers[role] for role in finishing.ASKED if role in found.layers}
    classes = None
    if found.classes is not None:
        head = raster.header(found.classes.path)
        classes = raster.coarse(found.classes, COARSE), raster.coarse_place(head, COARSE)
    return {
        role: finishing.land_of(found, raster.coarse(layer, COARSE), classes, raster.coarse_place(heads[role], COARSE))
        for role, layer in asked.items()
    }
