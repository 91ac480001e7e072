"""Reading pictures of satellites and drones, whatever their shape on the disk, as a `Scene`.

`recognise` says what a path holds without reading pixels, `read` brings in the part that is asked for.
"""

from datetime import datetime
from pathlib import Path

from agro.errors import InputError
from remote_sensing import sensor as sensors_
from remote_sensing.reading import assembly, flat, safe, stacked
from remote_sensing.reading.found import Found, by_time, dated
from remote_sensing.scene import Scene
from remote_sensing.sensor import Sensor


def recognise(
    path,
    sensor: str | Sensor | None = None,
    *,
    sensors: dict[str, Sensor] | None = None,
    time: datetime | None = None,
) -> Found:
    """Return what a path holds: sensor, product, time and missing bands.

    Parameters
    ----------
    path : path-like
        SAFE folder or its zip, folder of bands, stacked GeoTIFF, STAC item as JSON.
    sensor : str or Sensor, optional
        Which sensor it is, where it cannot be told.
    sensors : dict of {key: Sensor}, optional
        What to choose from; by default `sensor.catalogue()`.
    time : datetime, optional
        When it was taken, for pictures that do not say: it then also tells two flights of one file name apart.

    Raises
    ------
    InputError
        When it is none of these, broken, or fits several sensors.
    """
    found = _recognised(Path(path), _known(sensor, sensors))
    return found.with_(time=time, product=dated(found.product, time)) if time is not None else found


def _recognised(path: Path, known: dict[str, Sensor]) -> Found:
    if not path.exists():
        raise InputError(f"{path.name}: no such file or folder", zh=f"{path.name}：找不到文件或文件夹")
    if path.suffix.lower() in (".json", ".geojson"):
        from remote_sensing.reading import stac  # takes a second to import

        found = stac.saved(path, sensors=known)
        if len(stac.by_day(found)) != 1:
            raise _several(path, found)
        return stac.by_day(found)[0]
    if safe.is_product(path):
        return safe.recognised(path, known)
    if path.is_dir():
        return flat.recognised(path, known)
    return stacked.recognised(path, known)


def recognise_all(path, sensor: str | Sensor | None = None, *, sensors: dict[str, Sensor] | None = None) -> list[Found]:
    """Return all pictures at a path, by time: a folder of scenes (folders, zips, stacked files), an ItemCollection.

    Raises
    ------
    InputError
        When there is none; the first picture that is not understood says why.
    """
    known = _known(sensor, sensors)
    path = Path(path)
    if path.suffix.lower() in (".json", ".geojson") and path.is_file():
        from remote_sensing.reading import stac

        return stac.by_day(stac.saved(path, sensors=known))
    if not path.is_dir() or safe.is_product(path):
        return [recognise(path, sensors=known)]
    inside = sorted(one for one in path.iterdir() if one.is_dir() and not one.name.startswith("."))
    zips = sorted(path.glob("*.zip"))
    found = [recognise(one, sensors=known) for one in (*inside, *zips)]
    files = flat.pictures(path)
    if files and not found:
        groups = flat.groups(path)
        found = [flat.recognised(path, known, files) for files in groups.values()]
    if not found:
        raise InputError(f"{path.name}: holds no pictures", zh=f"{path.name}：没有影像")
    return sorted(found, key=by_time)


def _known(sensor, sensors) -> dict[str, Sensor]:
    known = sensors if sensors is not None else sensors_.catalogue()
    if isinstance(sensor, Sensor):
        return {sensor.key: sensor}
    if sensor is not None:
        return {sensor: known[sensor] if sensor in known else sensors_.named(sensor)}
    return known


def _several(path, found):
    days = ", ".join(sorted({f"{one.time:%Y-%m-%d}" for one in found if one.time})[:6])
    return InputError(
        f"{path.name}: holds {len(found)} pictures of several days ({days} ...); choose one of recognise_all",
        zh=f"{path.name}：含有多个日期的 {len(found)} 景影像（{days} 等）；请逐景选择",
    )


def read(path, sensor=None, bounds=None, crs=None, time=None, offset=None, relative=False, into=None, sensors=None):
    """Return the scene at `path`, or the part of it within `bounds`; only the blocks needed are read.

    Parameters
    ----------
    path : path-like or Found
        As `recognise` takes it, or what it gave.
    sensor, sensors :
        As in `recognise`.
    bounds : (west, south, east, north), optional
        In `crs`; a margin of two cells comes with it.
    crs : str or int, optional
        Of `bounds`, by default that of the file; also where a file lies that does not say.
    time : datetime, optional
        When it was taken, for pictures that do not say. Aware, UTC.
    offset : float, optional
        What to add to Sentinel-2 numbers, against what metadata and numbers say. [DN]
    relative : bool
        Take raw counts as they are; they are then compared by rank only.
    into : str or int, optional
        CRS of the result; by default the file's own, UTM for files in degrees.

    Returns
    -------
    Scene
        Bands by their own cell, `quality` from the producer's classes (not widened), None where there are none. Where
        a satellite's files tell the moment and not the sun, it is computed, and `about["sun"]` says so.

    Raises
    ------
    InputError
        When it is broken, cut off, lies elsewhere, is too large at once, or metadata and numbers contradict each other.
    """
    found = path if isinstance(path, Found) else recognise(path, sensor, sensors=sensors, time=time)
    if any(layer.path.startswith("http") for layer in found.layers.values()) or len(found.items) > 1:
        from remote_sensing.reading import stac

        return stac.read(found, bounds, crs, time, offset, relative, into)
    return assembly.scene(found, bounds, crs, time, offset, relative, into)


__all__ = ["Found", "Scene", "read", "recognise", "recognise_all"]
