"""A Sentinel-2 Level-2A product as ESA delivers it: a SAFE folder, or its zip, which is read where it lies."""

import re
import zipfile
from pathlib import Path, PurePosixPath

from remote_sensing.reading import flat, raster, safe_xml
from remote_sensing.reading.found import Found, Layer, Told
from remote_sensing.sensor import Sensor

IMAGE = re.compile(r"IMG_DATA/(?:R\d\dm/)?[^/]*_([A-Z0-9]{3})_(\d\d)m\.(?:jp2|tif)$", re.IGNORECASE)
MOST = 20_000  # entries of a zip; a product has some 150
KEY = "sentinel2_l2a"


def is_product(path: Path) -> bool:
    """Return whether a path is a SAFE folder, a folder with nothing but one, or a zip of one."""
    if path.is_file():
        return path.suffix.lower() == ".zip"
    return _folder(path) is not None


def recognised(path: Path, sensors: dict[str, Sensor]) -> Found:
    """Return what a product holds.

    Raises
    ------
    InputError
        When it is not whole: no metadata, no pictures, a zip that is cut off; or of another level.
    """
    names, read, prefix = _zip(path) if path.is_file() else _tree(_folder(path) or path)
    product = [name for name in names if re.search(r"(^|/)MTD_MSIL2A\.xml$", name, re.IGNORECASE)]
    if any(re.search(r"(^|/)MTD_MSIL1C\.xml$", name) for name in names) and not product:
        raise raster.refused(
            path, "is a Level-1C product; Level-2A (surface reflectance) is needed", "为 L1C 产品；需要 L2A 地表反射率"
        )
    if not product:
        raise raster.refused(
            path,
            "holds no MTD_MSIL2A.xml; it is no Sentinel-2 Level-2A product, or an incomplete one",
            "没有 MTD_MSIL2A.xml；不是哨兵二号 L2A 产品，或产品不完整",
        )
    tiles = [name for name in names if re.search(r"GRANULE/[^/]+/MTD_TL\.xml$", name)]
    if len(product) > 1 or len(tiles) > 1:
        raise raster.refused(path, "holds several products or tiles; one is needed", "含有多个产品或图幅；每次一个")
    if not tiles:
        raise raster.refused(
            path, "holds no GRANULE/*/MTD_TL.xml; it is incomplete", "没有 GRANULE/*/MTD_TL.xml；产品不完整"
        )
    if KEY not in sensors:
        raise raster.refused(
            path, f"is of {KEY}, not of {', '.join(sensors)}", f"属于 {KEY}，不是 {'、'.join(sensors)}"
        )
    sensor = sensors[KEY]
    told = safe_xml.told(read(product[0]), product[0], sensor).or_(safe_xml.told(read(tiles[0]), tiles[0], sensor))
    layers, classes = _images(names, prefix, sensor)
    if not layers:
        raise raster.refused(
            path,
            "holds no pictures in GRANULE/*/IMG_DATA; it is incomplete",
            "GRANULE/*/IMG_DATA 中没有影像；产品不完整",
        )
    stem = path.name.removesuffix(".zip").removesuffix(".SAFE")
    return flat.finished(sensor, told.or_(Told(product=stem)), layers, classes, path)


def _images(names, prefix, sensor):
    """Return (layers, class layer): of each band the file whose cells are the sensor's own, else the next coarser."""
    found: dict[str, list[tuple[float, str]]] = {}
    for name in names:
        match = IMAGE.search(name)
        if match:
            found.setdefault(match[1].upper(), []).append((float(match[2]), prefix + name))
    layers = {}
    for role in sensor.roles:
        band = sensor.bands[role]
        files = [one for alias in band.names for one in found.get(alias.upper(), [])]
        if files:
            layers[role] = Layer(min(files, key=lambda one: abs(one[0] - band.cell))[1])
    files = [one for alias in sensor.mask.names for one in found.get(alias.upper(), [])]
    classes = Layer(min(files, key=lambda one: abs(one[0] - (sensor.mask.cell or 0)))[1]) if files else None
    return layers, classes


def _folder(path: Path) -> Path | None:
    """Return the SAFE folder that a folder is, or holds as its only one."""
    if path.name.upper().endswith(".SAFE") or (path / "GRANULE").is_dir():
        return path
    inside = [one for one in path.iterdir() if one.is_dir() and one.name.upper().endswith(".SAFE")]
    return inside[0] if len(inside) == 1 and not flat.pictures(path) else None


def _tree(folder: Path):
    names = [str(PurePosixPath(one.relative_to(folder))) for one in sorted(folder.rglob("*")) if one.is_file()]

    def read(name):
        with (folder / name).open("rb") as file:
            return file.read(safe_xml.LARGEST + 1)

    return names, read, f"{folder}/"


def _zip(path: Path):
    try:
        with zipfile.ZipFile(path) as held:
            names = held.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise raster.refused(path, f"is no whole zip, perhaps cut off: {error}", "zip 不完整，可能被截断") from error
    if len(names) > MOST or any(".." in PurePosixPath(name).parts for name in names):
        raise raster.refused(path, "is no product's zip", "不是产品的 zip")

    def read(name):
        try:
            with zipfile.ZipFile(path) as held, held.open(name) as file:
                return file.read(safe_xml.LARGEST + 1)
        except (zipfile.BadZipFile, OSError, EOFError) as error:
            raise raster.refused(path, f"{name} in it is broken: {error}", f"其中 {name} 已损坏") from error

    return names, read, f"/vsizip/{{{path.resolve()}}}/"
