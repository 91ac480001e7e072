"""What a STAC item says of a picture: time, sun, baseline, offsets; the same words of four catalogues."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from remote_sensing.boa_offset import Facts
from remote_sensing.reading import names, raster
from remote_sensing.reading.found import Told
from remote_sensing.sensor import Sensor

LARGEST = 20_000_000  # bytes; an item has some 50 kB, a collection of a year's items some 5 MB


def document(path) -> Any:
    """Return the parsed JSON file at `path`.

    Raises
    ------
    InputError
        When it is too large or no JSON.
    """
    path = Path(path)
    if path.stat().st_size > LARGEST:
        raise raster.refused(path, f"is larger than {LARGEST:,} bytes", f"超过 {LARGEST:,} 字节")
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise raster.refused(path, f"is not JSON: {error}", "不是有效的 JSON 文件") from error


def is_item(found: Any) -> bool:
    """Return whether parsed JSON is a STAC item."""
    return isinstance(found, dict) and found.get("type") == "Feature" and isinstance(found.get("properties"), dict)


def told(item: dict[str, Any], sensor: Sensor | None = None) -> Told:
    """Return what an item says; offsets by role need the sensor."""
    properties = item["properties"]
    applied = properties.get("earthsearch:boa_offset_applied")
    collection = item.get("collection")
    product = properties.get("s2:product_uri") or properties.get("landsat:product_id") or item.get("id")
    elevation = _number(properties, "view:sun_elevation", "sun_elevation")
    zenith = _number(properties, "s2:mean_solar_zenith")
    version = properties.get("s2:processing_baseline") or properties.get("processing:version")
    offsets, named_as_cdse = offsets_of(item, sensor) if sensor else ({}, False)
    about = {
        "cloud_cover": _number(properties, "eo:cloud_cover"),
        "orbit": properties.get("sat:relative_orbit") or names_orbit(str(product or "")),
        "licence": properties.get("license"),
        "collection": collection,
        "synthetic": properties.get("citrus:synthetic"),
    }
    return Told(
        product=str(product).removesuffix(".SAFE") if product else None,
        time=moment(properties.get("datetime") or properties.get("start_datetime") or properties.get("acquired")),
        sun_zenith=90 - elevation if elevation is not None else zenith,
        sun_azimuth=_number(properties, "view:sun_azimuth", "s2:mean_solar_azimuth", "sun_azimuth"),
        view_zenith=_number(properties, "view:incidence_angle", "view:off_nadir", "view_angle"),
        view_azimuth=_number(properties, "view:azimuth", "satellite_azimuth"),
        platform=str(properties["platform"]).lower() if properties.get("platform") else None,
        offset=Facts(
            name=str(product or ""),
            baseline=_version(version) or names.baseline(str(product or "")),
            collection=collection,
            applied=applied if isinstance(applied, bool) else None,
            item=offsets,
            platform_names=named_as_cdse,
        ),
        about={key: value for key, value in about.items() if value is not None},
    )


def offsets_of(item: dict[str, Any], sensor: Sensor) -> tuple[dict[str, float], bool]:
    """Return the offsets [DN] that assets declare, by role, and whether assets are called as CDSE calls them."""
    offsets, cdse = {}, False
    for key, asset in item.get("assets", {}).items():
        role = names.role_of(key, sensor.bands)
        scale, offset = declared_scale(asset)
        if role and offset is not None:
            offsets[role] = round(offset / (scale or sensor.scale), 6)
            cdse |= "raster:offset" in asset and key.endswith(("_10m", "_20m", "_60m"))
    return offsets, cdse


def declared_scale(asset: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return scale and offset of an asset, as STAC 1.0 (`raster:bands`) or 1.1 (`raster:scale`, `bands`) have them."""
    entries = [asset, *(asset.get("bands") or []), *(asset.get("raster:bands") or [])]
    scale = offset = None
    for entry in entries:
        if isinstance(entry, dict):
            scale = next((entry[key] for key in ("raster:scale", "scale") if entry.get(key) is not None), scale)
            offset = next((entry[key] for key in ("raster:offset", "offset") if entry.get(key) is not None), offset)
    return scale, offset


def moment(text: Any) -> datetime | None:
    """Return an ISO time as aware UTC; None when it is none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def names_orbit(name: str) -> int | None:
    """Return the relative orbit in a Sentinel-2 name, `_R075_`; None without one."""
    parts = [part for part in name.split("_") if len(part) == 4 and part[0] == "R" and part[1:].isdigit()]
    return int(parts[0][1:]) if parts else None


def _number(properties, *keys):
    for key in keys:
        value = properties.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
    return None


def _version(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return None
