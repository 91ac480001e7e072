"""Items of a STAC catalogue as pictures of our sensors, and tiles of a day as one picture."""

import re
from pathlib import Path

import pystac

from agro.errors import InputError
from remote_sensing.reading import flat, item, names
from remote_sensing.reading.found import Found, Layer
from remote_sensing.sensor import Sensor

ASIDE = {"thumbnail", "overview"}


def by_day(found: list[Found]) -> list[Found]:
    """Return the pictures with tiles of one sensor and day (and orbit) joined: neighbours are read as one."""
    days: dict[tuple, list[Found]] = {}
    for one in found:
        key = (one.sensor, one.time.date() if one.time else None, one.about.get("orbit"), one.offset.baseline)
        days.setdefault(key, []).append(one)
    return [joined(parts) for parts in days.values()]


def joined(found) -> Found:
    """Return several tiles of a day as one picture; the first speaks for time and sun."""
    found = list(found)
    if len({(one.sensor, one.time.date() if one.time else None) for one in found}) != 1:
        raise InputError(
            f"{len(found)} pictures of several sensors or days cannot be read as one",
            zh=f"{len(found)} 景影像属于不同传感器或日期，不能合并读取",
        )
    first = min(found, key=lambda one: one.product)
    if len(found) == 1:
        return first
    roles = [role for role in first.camera.roles if all(role in one.layers for one in found)]
    tiles = sorted({names.tile(one.product) or one.product for one in found})
    product = f"{first.product}+{'+'.join(tiles[1:])}" if len(tiles) > 1 else first.product
    layers = {role: first.layers[role] for role in roles}
    items = tuple(entry for one in sorted(found, key=lambda one: one.product) for entry in one.items)
    missing = tuple(role for role in first.camera.roles if role not in roles)
    return first.with_(product=product, layers=layers, items=items, missing=missing, about={"tiles": tiles})


def found_of(one: pystac.Item, known: dict[str, Sensor]) -> Found:
    """Return what an item is; InputError when it is of no known sensor."""
    document = one.to_dict(include_self_link=False, transform_hrefs=False)
    platform = str(one.properties.get("platform", "")).lower()
    scored = {}
    for key, sensor in known.items():
        marks = sensor.marks
        keys = asset_keys(document, sensor)
        if any(role in keys for role in sensor.roles):
            said = platform in marks.platforms or one.collection_id in marks.collections
            like = any(re.search(pattern, one.id) for pattern in marks.names)
            scored[key] = (said, like, "classes" in keys, len(keys))
    best = max(scored.values(), default=None)
    fitting = [key for key, score in scored.items() if score == best]
    if best is None or not (any(best[:3]) or len(known) == 1) or len(fitting) > 1:
        raise InputError(f"{one.id}: of no known sensor", zh=f"{one.id}：不属于已知传感器")
    sensor = known[fitting[0]]
    keys = asset_keys(document, sensor)
    layers = {role: Layer(_href(one, keys[role])) for role in sensor.roles if role in keys}
    classes = Layer(_href(one, keys["classes"])) if "classes" in keys else None
    told = item.told(document, sensor)
    found = flat.finished(sensor, told, layers, classes, Path(told.product or one.id))
    source = next((link.href for link in one.links if link.rel == "self" and link.href), None)
    return found.with_(items=(one,), about={"source": source or one.id})


def asset_keys(document, sensor: Sensor) -> dict[str, str]:
    """Return the assets of an item by role ("classes" for the mask); of several the one with the sensor's own cell."""
    offered: dict[str, list[tuple[float, int, str]]] = {}
    for key, asset in document.get("assets", {}).items():
        kind = str(asset.get("type", ""))
        if (
            "xml" in kind
            or "json" in kind
            or "html" in kind
            or {"thumbnail", "overview"} & set(asset.get("roles") or [])
        ):
            continue
        role = "classes" if names.place_of(key, sensor.mask.names) else _role(key, sensor)
        if role is None or (role == "classes" and sensor.mask.kind not in ("values", "bits")):
            continue
        wanted = (sensor.mask.cell if role == "classes" else sensor.bands[role].cell) or 1.0
        cell = _cell_of(key, asset) or wanted
        jp2 = int("jp2" in kind or key.endswith("-jp2"))  # earth-search: costs money, the COG none
        offered.setdefault(role, []).append((abs(cell - wanted) + 1000 * jp2, len(key), key))
    return {role: min(found)[2] for role, found in offered.items()}


def _role(key, sensor):
    """Return the role of an asset: its key is a band's name, perhaps with a cell size behind it."""
    words = [word for word in names.tokens(key) if not re.fullmatch(r"\d+m|jp2", word)]
    for role, band in sensor.bands.items():
        if any(words == names.tokens(name) for name in band.names):
            return role
    return None


def _cell_of(key, asset):
    found = re.search(r"_(\d+)m$", key)
    if found:
        return float(found[1])
    for entry in (asset, *(asset.get("raster:bands") or []), *(asset.get("bands") or [])):
        for name in ("raster:spatial_resolution", "spatial_resolution", "gsd"):
            if isinstance(entry, dict) and isinstance(entry.get(name), (int, float)):
                return float(entry[name])
    return None


def _href(one, key):
    href = one.assets[key].get_absolute_href() or one.assets[key].href
    return href.removeprefix("file://")
