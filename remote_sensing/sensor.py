"""Sensors: what a camera measures, how its files name and scale it, how its classes are read; each is a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from remote_sensing.scene import ROLES, Quality

SENSORS = Path(__file__).parent / "sensors"
KINDS = ("satellite", "drone")
MASKS = ("values", "bits", "bands", "alpha", "none")
VALUES = {"scale": "1", "offset": "1", "nodata": "DN", "inward_buffer": "m", "revisit": "d"}
CLASSES = {bit.name.lower(): bit for bit in Quality if bit.name}


@dataclass(frozen=True)
class Band:
    """One band of a sensor: its role, the names that files give it, where it lies in the spectrum, its cell."""

    role: str
    names: tuple[str, ...]
    wavelength: float  # nm
    cell: float  # m


@dataclass(frozen=True)
class Mask:
    """How the producer's own classes become `Quality` bits.

    `how` is the word for it ("scl", "landsat_qa", "udm2", "alpha", "rule"); `kind` says how the layer is coded: one
    class a value, one class a bit, or one band a class. `classes` holds (number, Quality) pairs.
    """

    how: str
    kind: str
    names: tuple[str, ...] = ()
    cell: float | None = None
    classes: tuple[tuple[int, int], ...] = ()
    clear: tuple[int, ...] = ()
    source: str = ""

    def quality(self, layer: np.ndarray) -> np.ndarray:
        """Return `Quality` bits, uint8 (y, x), of a class layer (y, x), or (band, y, x) where a band is a class."""
        if self.kind == "bands":
            bits = np.zeros(layer.shape[1:], dtype=np.uint8)
            for band, quality in self.classes:
                if band <= layer.shape[0]:
                    bits |= np.where(layer[band - 1] != 0, np.uint8(quality), np.uint8(0))
            return bits
        if self.kind == "bits":
            bits = np.zeros(layer.shape, dtype=np.uint8)
            for bit, quality in self.classes:
                bits |= np.where((layer >> bit) & 1, np.uint8(quality), np.uint8(0))
            return bits
        table = np.zeros(256, dtype=np.uint8)
        for value, quality in self.classes:
            table[value] |= quality
        return table[np.clip(layer, 0, 255).astype(np.uint8)]


@dataclass(frozen=True)
class Marks:
    """By what a sensor's files are known: name patterns, catalogue words, orders of stacked bands, cells, types."""

    names: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    orders: tuple[tuple[str, ...], ...] = ()
    types: tuple[str, ...] = ()
    cells: tuple[float, float] | None = None  # m, smallest and largest of files without a fixed cell


@dataclass(frozen=True)
class Sensor:
    """A sensor as its file tells it.

    Attributes
    ----------
    key : str
        Name of the file.
    name : dict
        "zh" and "en".
    kind : str
        "satellite" or "drone".
    bands : dict of {role: Band}
    scale, offset : float
        reflectance = number in the file x scale + offset.
    nodata : float or None
        Number in the file that stands for nothing.
    mask : Mask
    inward_buffer : float
        How far the outline of a plot is drawn in before its pixels are counted. [m]
    relative : bool
        True where values of two dates must not be compared as such.
    revisit : float or None
        Days between two passes.
    boa_offset : bool
        True where the offset hangs on the processing baseline (`remote_sensing.boa_offset`).
    registered : bool
        True where the producer lays every picture on the reference image of Sentinel-2.
    """

    key: str
    name: Mapping[str, str]
    kind: str
    bands: Mapping[str, Band]
    scale: float
    offset: float
    nodata: float | None
    mask: Mask
    inward_buffer: float
    relative: bool
    revisit: float | None
    boa_offset: bool
    registered: bool
    marks: Marks
    source: str

    @property
    def roles(self) -> tuple[str, ...]:
        """What its bands are, in the order of `ROLES`."""
        return tuple(role for role in ROLES if role in self.bands)


def catalogue(*folders: Path) -> dict[str, Sensor]:
    """Return all sensors by key; files in `folders` come after, and may replace, those that ship with the platform."""
    found: dict[str, Sensor] = {}
    for folder in (SENSORS, *map(Path, folders)):
        found |= {path.stem: load(path) for path in sorted(folder.glob("*.toml"))}
    return found


def named(key: str, *folders: Path) -> Sensor:
    """Return one sensor.

    Raises
    ------
    NotFoundError
        When there is no such file.
    """
    sensors = catalogue(*folders)
    if key not in sensors:
        known = ", ".join(sorted(sensors))
        raise NotFoundError(f"no sensor '{key}'; known: {known}", zh=f"没有传感器“{key}”；已知：{known}")
    return sensors[key]


@cache
def load(path: Path) -> Sensor:
    """Return the sensor that the file at `path` describes.

    Raises
    ------
    ParameterError
        When the file lacks something, or says something unknown.
    """
    file = parameters.document(path)
    _known(
        path,
        file,
        "",
        {"name", "kind", "relative", "boa_offset", "registered", "source", "values", "bands", "mask", "known_by"},
    )
    if file.get("kind") not in KINDS:
        raise _error(path, f"kind is {file.get('kind')!r}; needed: {' or '.join(KINDS)}")
    if set(file.get("name", {})) != {"zh", "en"} or not str(file.get("source", "")).strip():
        raise _error(path, "needs a name in zh and en, and a source")
    values = parameters.section(path, "values")
    _known(path, values, "values", set(VALUES))
    for key in ("scale", "offset", "inward_buffer"):
        if key not in values:
            raise _error(path, f"[values] needs {key}")
    for key, value in values.items():
        if value.unit != VALUES[key] or not isinstance(value.value, (int, float)):
            raise _error(path, f"[values] {key} needs a number in '{VALUES[key]}'")
    number = {key: float(value.value) for key, value in values.items()}
    return Sensor(
        key=path.stem,
        name=file["name"],
        kind=file["kind"],
        bands={role: _band(path, role, entry) for role, entry in file.get("bands", {}).items()},
        scale=number["scale"],
        offset=number["offset"],
        nodata=number.get("nodata"),
        mask=_mask(path, file.get("mask", {})),
        inward_buffer=number["inward_buffer"],
        relative=bool(file.get("relative", False)),
        revisit=number.get("revisit"),
        boa_offset=bool(file.get("boa_offset", False)),
        registered=bool(file.get("registered", False)),
        marks=_marks(path, file.get("known_by", {})),
        source=file["source"],
    )


def _band(path: Path, role: str, entry: dict[str, Any]) -> Band:
    _known(path, entry, f"bands.{role}", {"names", "wavelength", "cell"})
    if role not in ROLES:
        raise _error(path, f"[bands.{role}]: no such role; known: {', '.join(ROLES)}")
    if not {"wavelength", "cell"} <= set(entry):
        raise _error(path, f"[bands.{role}] needs wavelength [nm] and cell [m]")
    return Band(role, (*entry.get("names", ()), role), float(entry["wavelength"]), float(entry["cell"]))


def _mask(path: Path, entry: dict[str, Any]) -> Mask:
    _known(path, entry, "mask", {"how", "kind", "names", "cell", "classes", "clear", "source"})
    if entry.get("kind", "none") not in MASKS or not entry.get("how"):
        raise _error(path, f"[mask] needs a word 'how' and a kind of {', '.join(MASKS)}")
    classes = entry.get("classes", {})
    if unknown := sorted(set(classes) - set(CLASSES)):
        raise _error(path, f"[mask.classes] does not know {', '.join(unknown)}; known: {', '.join(CLASSES)}")
    if classes and not str(entry.get("source", "")).strip():
        raise _error(path, "[mask] needs a source for its classes")
    return Mask(
        how=entry["how"],
        kind=entry.get("kind", "none"),
        names=tuple(entry.get("names", ())),
        cell=entry.get("cell"),
        classes=tuple((int(number), int(CLASSES[name])) for name, numbers in classes.items() for number in numbers),
        clear=tuple(entry.get("clear", ())),
        source=entry.get("source", ""),
    )


def _marks(path: Path, entry: dict[str, Any]) -> Marks:
    _known(path, entry, "known_by", set(Marks.__dataclass_fields__))
    cells = entry.get("cells")
    return Marks(
        names=tuple(entry.get("names", ())),
        platforms=tuple(entry.get("platforms", ())),
        collections=tuple(entry.get("collections", ())),
        orders=tuple(tuple(order) for order in entry.get("orders", ())),
        types=tuple(entry.get("types", ())),
        cells=(float(cells[0]), float(cells[1])) if cells else None,
    )


def _known(path: Path, entry: Iterable[str], where: str, known: set[str]) -> None:
    if unknown := sorted(set(entry) - known):
        raise _error(path, f"[{where}] does not know {', '.join(unknown)}; known: {', '.join(sorted(known))}")


def _error(path: Path, what: str) -> ParameterError:
    return ParameterError(f"{path.name}: {what}", zh=f"传感器文件 {path.name}：{what}")
