"""Pictures of a catalogue on the net, read around the plots only."""

from collections.abc import Callable
from datetime import date

import pyproj

from agro.errors import AgroError, InputError
from agro.farm import Finding, Viewer
from app.services.imagery import bring_in, checksum, extent
from app.services.imports.report import Report
from app.services.platform import Platform
from remote_sensing.reading import stac
from remote_sensing.reading.found import Found

MOST = 60  # scenes at once


def fetch(
    viewer: Viewer,
    home: Platform,
    url: str,
    start: date,
    end: date,
    *,
    collection: str | None = None,
    cloud: float | None = 80.0,
    most: int = MOST,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> Report:
    """Store the scenes of a STAC API or static catalogue over the plots, the oldest first; what is there stays.

    The catalogue is told the box around all plots, and no plot.

    Parameters
    ----------
    cloud : float, optional
        Highest cloud cover of a scene, as its catalogue tells. [%]
    most : int
        Scenes at most.

    Raises
    ------
    InputError
        When the catalogue does not answer, has nothing, or has more than `most`.
    """
    bring_in.require(viewer)
    plots = extent.plots(home)
    crs = home.store.region().crs
    box = extent.bounds(plots)
    to_degrees = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    found = stac.by_day(stac.search(url, to_degrees.transform_bounds(*box), start, end, collection, cloud))
    if not found:
        raise InputError(
            f"{url}: no picture of a known sensor over the plots from {start} to {end}",
            zh=f"{url}：{start} 至 {end} 没有覆盖地块的已知传感器影像",
        )
    if len(found) > most:
        raise InputError(
            f"{len(found)} scenes are more than {most}; ask for fewer days or less cloud",
            zh=f"共 {len(found)} 景，超过 {most} 景；请缩短日期或降低云量",
        )
    counts, findings = {"added": 0, "same": 0, "replaced": 0, "failed": 0}, []
    for k, one in enumerate(sorted(found, key=lambda each: (each.time is None, each.time))):
        progress(k, len(found), f"取影像 fetching {one.product}")
        try:
            brought = _one(viewer, home, one, crs)
        except AgroError as error:  # the next one may be whole
            counts["failed"] += 1
            findings.append(Finding("warning", str(error), error.zh, one.product))
            continue
        counts[brought.told] += 1
        findings += brought.findings
    return Report("scenes", counts, findings)


def _one(viewer: Viewer, home: Platform, found: Found, crs: str) -> bring_in.Brought:
    """Return what became of one scene of a catalogue."""
    documents = [item.to_dict(include_self_link=False) for item in found.items]
    digest = checksum.of_items(documents)

    def read(bounds: extent.Bounds, of: str):
        return stac.read(found, bounds=bounds, crs=of, into=crs)

    return bring_in.keep(
        viewer,
        home,
        found.camera,
        found.product,
        digest,
        read,
        _reaches(found, crs),
        time=found.time,
        source=found.product,
    )


def _reaches(found: Found, crs: str) -> extent.Bounds | None:
    boxes = [item.bbox for item in found.items if item.bbox]
    if len(boxes) != len(found.items):
        return None
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    half = [(box[2], box[3]) if len(box) == 4 else (box[3], box[4]) for box in boxes]
    east, north = max(one[0] for one in half), max(one[1] for one in half)
    to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return tuple(map(float, to.transform_bounds(west, south, east, north)))  # type: ignore[return-value]
