"""One GeoTIFF with several bands: four bands of a satellite, a colour picture, a drone's orthomosaic.

Bands are known by their descriptions, else by their colours (files of 8 bits), else by the order that the sensor's file
gives for so many bands. The sensor is known by the file's name, else by number, type and size of cells: three or four
bands of 8 bits with cells up to 0.2 m are a drone's orthomosaic. The day comes from the name, or from `time`.
"""

import re
from pathlib import Path

from remote_sensing.reading import assembly, flat, names, raster
from remote_sensing.reading.found import Found, Layer, Told
from remote_sensing.reading.raster import Header
from remote_sensing.sensor import Sensor

COLOURS = ("red", "green", "blue")


def recognised(path: Path, sensors: dict[str, Sensor]) -> Found:
    """Return what a file of several bands is.

    Raises
    ------
    InputError
        When it fits no sensor, or several alike.
    """
    head = raster.header(path)
    if head.transform.is_identity:
        raise assembly.no_place(path)
    scored = {key: _matched(head, sensor, alone=len(sensors) == 1) for key, sensor in sensors.items()}
    scored = {key: one for key, one in scored.items() if one[1]}
    if not scored:
        held = f"{head.count} band{'s' if head.count != 1 else ''} of {head.dtype}, cells of {head.cell:.3g}"
        zh = f"{head.count} 个波段（{head.dtype}），像元 {head.cell:.3g}"
        raise raster.refused(
            path,
            f"{held}, fits no known sensor; describe its bands by name (blue, green, red, nir), or name the sensor",
            f"{zh}，与已知传感器都不符；请在文件中写明波段名（blue、green、red、nir），或指定传感器",
        )
    best = max(score for score, _ in scored.values())
    candidates = [key for key, (score, _) in scored.items() if score == best]
    if len(candidates) > 1:
        raise raster.refused(
            path,
            f"may come from {' or '.join(candidates)}; name the sensor",
            f"可能来自 {'、'.join(candidates)}；请指定传感器",
        )
    sensor = sensors[candidates[0]]
    layers = scored[sensor.key][1]
    told = flat.metadata(path.parent, sensor) if _beside(path) else Told()
    time, day = names.moment(path.stem), names.day(path.stem)
    about = {"day_only": True} if time is None and day is not None else {}
    told = told.or_(
        Told(
            product=path.stem,
            time=time or day,
            about=about,
            offset=flat.stac_item.Facts(name=path.stem, baseline=names.baseline(path.stem)),
        )
    )
    return flat.finished(sensor, told, layers, _mask(path, sensor, head), path)


def _matched(head: Header, sensor: Sensor, alone=False):
    """Return (score, layers) of a sensor for this file; a higher score fits better."""
    marks = sensor.marks
    known = any(re.search(pattern, Path(head.path).stem, re.IGNORECASE) for pattern in marks.names)
    typed = not marks.types or head.dtype in marks.types
    if any(head.descriptions):
        roles = [names.role_of(str(text or ""), sensor.bands) for text in head.descriptions]
    elif head.dtype == "uint8" and head.colours[:3] == COLOURS:
        roles = [colour if colour in sensor.bands else None for colour in head.colours]
        if head.count == 4 and "nir" in sensor.bands:  # a fourth band behind three colours: alpha is called alpha
            roles[3] = "nir" if head.colours[3] != "alpha" else None
        elif head.count == 4 and head.colours[3] != "alpha":
            roles = []
    else:
        order = next((order for order in marks.orders if len(order) == head.count), ())
        roles = [role if role in sensor.bands else None for role in order]
    layers = {role: Layer(head.path, band) for band, role in enumerate(roles, 1) if role}
    layers = {role: layers[role] for role in sensor.roles if role in layers}
    sized = marks.cells is not None and marks.cells[0] <= head.cell <= marks.cells[1]
    if marks.cells is None and layers:
        sized = all(abs(head.cell / sensor.bands[role].cell - 1) < 0.25 for role in layers)
    if not (known or alone or (typed and sized)) or (head.count < 3 and not any(head.descriptions)):
        return (0,), {}
    return (int(known and typed), int(sized), int(set(layers) == set(sensor.bands)), len(layers)), layers


def _beside(path: Path) -> bool:
    """Return whether metadata in the folder are this file's: when it is the only picture, beside its own mask."""
    others = [other for other in flat.pictures(path.parent) if "udm2" not in other.name.lower()]
    return len(others) == 1


def _mask(path: Path, sensor: Sensor, head: Header) -> Layer | None:
    if sensor.mask.kind == "alpha":
        if "alpha" in head.colours:
            return Layer(head.path, head.colours.index("alpha") + 1)
        return Layer(head.path, 4) if head.count == 4 else None
    if not sensor.mask.names:
        return None
    beside = [
        other
        for other in flat.pictures(path.parent)
        if other != path
        and names.place_of(other.stem, sensor.mask.names)
        and names.day(other.stem) == names.day(path.stem)
    ]
    return Layer(str(beside[0]), None if sensor.mask.kind == "bands" else 1) if len(beside) == 1 else None
