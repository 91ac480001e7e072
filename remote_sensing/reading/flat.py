"""A folder of GeoTIFFs, COGs or JP2s, one band a file or several: the way most people keep what they downloaded.

A band is known by a word of the file's name, or of the band's description in a file of several bands; words are parted
by `_`, `-`, `.` or a space, small and capital letters are alike, and the word that stands last counts. The words of a
band are in the sensor's file, for Sentinel-2:

    T48RXT_20250715T032541_B04_10m.tif, B04.tif, ..._SCL_20m.tif     Copernicus, Planetary Computer, Earth Engine
    red.tif, rededge1.tif, nir.tif, nir08.tif, swir16.tif, scl.tif   earth-search
    red.tif, re1.tif, nir_narrow.tif, swir1.tif                      the roles themselves

Of two files of one band (B04_10m, B04_20m) the one whose cells are nearest to the sensor's own is taken. What else is
to be known comes, in this order, from

1. `MTD_MSIL2A.xml`, `MTD_TL.xml` (also `metadata.xml`), `*_MTL.json`, `*_MTL.txt`, Planet's `*_metadata.json`
2. a STAC item, any `*.json` in the folder: `id`, `datetime`, `view:sun_elevation`, `view:sun_azimuth`,
   `view:incidence_angle`, `view:azimuth`, `platform`, `sat:relative_orbit`, `s2:processing_baseline`,
   `earthsearch:boa_offset_applied`, `raster:bands[].offset`, `citrus:synthetic`
3. names of files and of the folder: 20250715T032541, 20250715; `_N0511_`; T48RXT; the sun from moment and place

Numbers are scaled as the sensor's file says, except in files that carry their own scale (as our own COGs do): these
hold reflectance already and are only multiplied by it.
"""

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from agro.errors import InputError
from remote_sensing.reading import item as stac_item
from remote_sensing.reading import landsat, names, planet, raster, safe_xml
from remote_sensing.reading.found import Found, Layer, Told, dated
from remote_sensing.sensor import Sensor

PICTURES = {".tif", ".tiff", ".jp2", ".cog"}
MOST = 400  # files looked at in one folder
LIKE = 1.25  # cells within this ratio are the sensor's own


def pictures(folder: Path) -> list[Path]:
    """Return the raster files that lie in a folder itself, by name."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURES and path.is_file())
    if len(found) > MOST:
        raise InputError(
            f"{folder.name}: {len(found)} pictures in one folder; {MOST} at most, one folder a scene",
            zh=f"{folder.name}：一个文件夹内有 {len(found)} 个影像文件，最多 {MOST} 个；请每景一个文件夹",
        )
    return found


def groups(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a folder by scene: by the day and tile in their names."""
    found: dict[str, list[Path]] = {}
    for path in pictures(folder):
        day, tile = names.day(path.stem), names.tile(path.stem)
        found.setdefault(f"{day:%Y%m%d}{tile or ''}" if day else "", []).append(path)
    if len(found) == 2 and "" in found:  # files without a day belong to the only day there is
        ((key, files),) = ((key, files) for key, files in found.items() if key)
        return {key: sorted(files + found[""])}
    return found


def recognised(folder: Path, sensors: dict[str, Sensor], files: list[Path] | None = None) -> Found:
    """Return what a folder of bands is.

    Raises
    ------
    InputError
        When it holds no bands of any sensor, of several sensors alike, or of several days.
    """
    parts = groups(folder) if files is None else {"": files}
    if not parts:
        raise InputError(
            f"{folder.name}: no GeoTIFF, COG or JP2 in this folder",
            zh=f"{folder.name}：文件夹内没有 GeoTIFF、COG 或 JP2",
        )
    if len(parts) > 1:
        days = ", ".join(sorted(parts))
        raise InputError(
            f"{folder.name}: holds pictures of several days or tiles ({days}); one folder a scene is needed",
            zh=f"{folder.name}：含有多个日期或图幅的影像（{days}）；请每景一个文件夹",
        )
    (files,) = parts.values()
    heads = [raster.header(path) for path in files]
    told = metadata(folder)
    common = " ".join([folder.name, *(path.stem for path in files), told.product or ""])
    scored = {key: _matched(heads, sensor, told, common) for key, sensor in sensors.items()}
    scored = {key: one for key, one in scored.items() if one[1] and (any(one[0]) or len(sensors) == 1)}
    best = max((score for score, _, _ in scored.values()), default=(0,))
    candidates = [key for key, (score, _, _) in scored.items() if score == best]
    if not candidates:
        tried = ", ".join(path.name for path in files[:6])
        raise InputError(
            f"{folder.name}: the files name no band of a known sensor ({tried}); name the sensor, or rename the files",
            zh=f"{folder.name}：文件名中没有已知传感器的波段（{tried}）；请指定传感器或改文件名",
        )
    if len(candidates) > 1:
        raise InputError(
            f"{folder.name}: may come from {' or '.join(candidates)}; name the sensor",
            zh=f"{folder.name}：可能来自 {'、'.join(candidates)}；请指定传感器",
        )
    sensor = sensors[candidates[0]]
    _, layers, classes = scored[sensor.key]
    told = metadata(folder, sensor).or_(from_names(folder, files))
    return finished(sensor, told, layers, classes, folder)


def finished(sensor: Sensor, told: Told, layers, classes, path: Path) -> Found:
    """Return what was found, of what metadata told and files hold."""
    facts = told.offset
    if facts is not None and facts.baseline is None:
        facts = replace(facts, baseline=names.baseline(told.product or "") or names.baseline(str(path)))
    return Found(
        sensor=sensor.key,
        product=dated(told.product or path.stem, told.time),
        time=told.time,
        missing=tuple(role for role in sensor.roles if role not in layers),
        camera=sensor,
        layers=layers,
        classes=classes,
        sun_zenith=told.sun_zenith,
        sun_azimuth=told.sun_azimuth,
        view_zenith=told.view_zenith,
        view_azimuth=told.view_azimuth,
        offset=facts or stac_item.Facts(),
        scaling=told.scaling,
        about={"source": path.name, **told.about},
    )


def from_names(folder: Path, files: list[Path]) -> Told:
    """Return what the names of a folder and its files tell: time, baseline, orbit, product."""
    texts = [folder.name, *(path.stem for path in files)]
    time = next(filter(None, map(names.moment, texts)), None)
    day = next(filter(None, map(names.day, texts)), None)
    baseline = next(filter(None, map(names.baseline, texts)), None)
    orbit = next(filter(None, map(stac_item.names_orbit, texts)), None)
    about: dict[str, Any] = {"day_only": True} if time is None and day is not None else {}
    if orbit is not None:
        about["orbit"] = orbit
    stems = [path.stem for path in files]
    shared = os.path.commonprefix(stems).strip("_-. ")  # noqa: RUF071 letters in common are meant, not folders
    product = shared if names.day(shared) and not names.day(folder.name) else folder.name
    return Told(product=product, time=time or day, offset=stac_item.Facts(product, baseline), about=about)


def metadata(folder: Path, sensor: Sensor | None = None) -> Told:
    """Return what the metadata files of a folder say, the producer's own before a STAC item."""
    told = Told()
    for path in sorted(folder.iterdir()):
        name = path.name.lower()
        if name.endswith((".xml",)) and not name.endswith(".aux.xml"):
            told = told.or_(safe_xml.told(path.read_bytes()[: safe_xml.LARGEST + 1], path, sensor))
        elif name.endswith(("_mtl.txt", "_mtl.json")):
            told = told.or_(landsat.told(path))
        elif name.endswith("_metadata.json"):
            told = told.or_(planet.told(path))
    for path in sorted(folder.glob("*.json")):
        if not path.name.lower().endswith(("_mtl.json", "_metadata.json")):
            found = stac_item.document(path)
            if stac_item.is_item(found):
                told = told.or_(stac_item.told(found, sensor))
    return told


def _matched(heads, sensor: Sensor, told: Told, text: str):
    """Return (score, layers, class layer) of a sensor for these files; a higher score fits better."""
    offers: dict[str, list[tuple[float, Layer]]] = {}
    classes: list[tuple[float, Layer]] = []
    for head in heads:
        stem = Path(head.path).stem
        whole = head.count == 1 or not any(head.descriptions)
        marked = names.place_of(stem, sensor.mask.names)
        if marked and (sensor.mask.kind == "bands" or head.count == 1):
            away = abs(head.cell / (sensor.mask.cell or head.cell) - 1)
            classes.append((away, Layer(head.path, None if sensor.mask.kind == "bands" else 1)))
            continue
        for band in range(1, head.count + 1):
            name = stem if whole else str(head.descriptions[band - 1] or "")
            if whole and head.count > 1:
                order = next((order for order in sensor.marks.orders if len(order) == head.count), ())
                role = order[band - 1] if order and order[band - 1] in sensor.bands else None
            elif not whole and names.place_of(name, sensor.mask.names):
                classes.append((0.0, Layer(head.path, band)))
                continue
            else:
                role = names.role_of(name, sensor.bands)
            if role:
                offers.setdefault(role, []).append((_away(head.cell, role, sensor), Layer(head.path, band)))
    nearest = {role: min(found, key=lambda one: one[0]) for role, found in offers.items()}
    fitting = sum(away <= LIKE - 1 for away, _ in nearest.values())
    known = any(re.search(pattern, text) for pattern in sensor.marks.names)
    said = told.platform in sensor.marks.platforms if told.platform else False
    layers = {role: nearest[role][1] for role in sensor.roles if role in nearest}
    mask = min(classes, key=lambda one: one[0])[1] if classes else None
    score = (int(said), int(known and bool(nearest)), int(bool(mask) and bool(nearest)), fitting)
    return score, layers, mask


def _away(cell, role, sensor):
    if sensor.marks.cells:
        low, high = sensor.marks.cells
        return 0.0 if low <= cell <= high else 1.0
    wanted = sensor.bands[role].cell
    return max(cell / wanted, wanted / cell) - 1
