"""Pictures of a STAC catalogue: search of an API, walks through static catalogues, saved items."""

import logging
import re
import warnings
from datetime import date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlparse

import pystac
from pystac_client import Client
from pystac_client.exceptions import APIError

from agro.errors import InputError
from remote_sensing import sensor as sensors_
from remote_sensing.reading import item, raster
from remote_sensing.reading.found import Found, by_time
from remote_sensing.reading.stac_items import by_day, found_of
from remote_sensing.reading.stac_read import read

TIMEOUT = 60  # s, of one answer
MOST = 1000  # pictures of one search
log = logging.getLogger(__name__)


def search(url, bounds, start, end, collection=None, cloud=None, *, most=MOST, sensors=None, headers=None):
    """Return the pictures of a catalogue over a place and time, by time.

    Parameters
    ----------
    url : str
        Of a STAC API, or of a static catalogue's `catalog.json` (also a path), which is walked through.
    bounds : (west, south, east, north)
        Degrees.
    start, end : date or datetime
        First and last day, both included.
    collection : str, optional
        Id of the collection; all of them when not given.
    cloud : float, optional
        Highest `eo:cloud_cover`; pictures that do not tell stay. [%]
    most : int
        Pictures at most.
    sensors : dict, optional
        As in `reading.recognise`.
    headers : dict of str, optional
        For catalogues behind a key.

    Returns
    -------
    list of Found
        Those of known sensors; other ones are counted in the log.

    Raises
    ------
    InputError
        When the catalogue does not answer, or not as a catalogue.
    """
    known = sensors if sensors is not None else sensors_.catalogue()
    first, last = _moment(start), _moment(end, last=True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="pystac_client")  # that a static catalogue is walked is meant
            items = _items(str(url), bounds, first, last, collection, most, headers)
    except InputError:
        raise
    except (APIError, pystac.STACError, OSError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise InputError(
            f"{url}: does not answer as a STAC catalogue: {error}", zh=f"{url}：无法访问，或不是 STAC 目录：{error}"
        ) from error
    chosen = [one for one in items if _fits(one, bounds, first, last, cloud)]
    found = [one for one in (_found_or_none(entry, known) for entry in chosen) if one is not None]
    if len(found) < len(chosen):
        log.info("%s: %d of %d pictures are of no known sensor", url, len(chosen) - len(found), len(chosen))
    return sorted(found, key=by_time)


def saved(path, *, online=False, sensors=None) -> list[Found]:
    """Return the pictures of a saved item or ItemCollection (JSON), or of a static catalogue on the disk.

    Parameters
    ----------
    path : path-like
    online : bool
        Whether files on the net may be fetched; otherwise all must lie in the JSON's own folder.
    sensors : dict, optional
        As in `reading.recognise`.

    Raises
    ------
    InputError
        When it is no STAC, or its files lie elsewhere.
    """
    path = Path(path)
    known = sensors if sensors is not None else sensors_.catalogue()
    document = item.document(path)
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if kind == "FeatureCollection":
            items = [pystac.Item.from_dict(entry) for entry in document.get("features", [])]
            for one in items:
                one.set_self_href(str(path.with_name(f"{one.id}.json")))
        elif kind in ("Catalog", "Collection"):
            items = list(pystac.Catalog.from_file(str(path)).get_items(recursive=True))
        elif item.is_item(document):
            items = [pystac.Item.from_file(str(path))]
        else:
            raise raster.refused(path, "is no STAC item or collection", "不是 STAC 条目或目录")
    except (pystac.STACError, KeyError, TypeError, ValueError, OSError) as error:
        raise raster.refused(path, f"is no whole STAC: {error}", "STAC 内容不完整") from error
    found = [found_of(one, known) for one in items]
    for picture in found:
        _refuse_elsewhere(picture, path, online)
    return sorted(found, key=by_time)


def _items(url, bounds, first, last, collection, most, headers):
    if not urlparse(url).scheme.startswith("http"):
        if not Path(url).is_file():
            raise InputError(f"{url}: no such catalogue", zh=f"{url}：找不到目录文件")
        return _walked(pystac.Catalog.from_file(url), collection, most)
    client = Client.open(url, headers=headers, timeout=TIMEOUT)
    if not client.conforms_to("ITEM_SEARCH"):
        return _walked(client, collection, most)
    when = f"{first:%Y-%m-%dT%H:%M:%SZ}/{last:%Y-%m-%dT%H:%M:%SZ}"
    wanted = [collection] if collection else None
    found = client.search(collections=wanted, bbox=list(bounds), datetime=when, max_items=most)
    return list(found.items())


def _walked(catalogue, collection, most):
    """Return the items of a static catalogue, of one collection when it is named."""
    roots = [catalogue]
    if collection and catalogue.id != collection:
        roots = [child for child in catalogue.get_children() if child.id == collection] or [catalogue]
    found = []
    for root in roots:
        for one in root.get_items(recursive=True):
            if collection is None or one.collection_id in (None, collection):
                found.append(one)
            if len(found) > 20 * most:
                raise InputError(
                    f"{catalogue.id}: more than {20 * most} pictures; name a collection",
                    zh=f"{catalogue.id}：目录中影像超过 {20 * most} 景；请指定集合",
                )
    return found


def _fits(one, bounds, first, last, cloud):
    when = one.datetime or item.moment(one.properties.get("start_datetime"))
    if when is None or not first <= when <= last:
        return False
    if one.bbox:
        west, south, east, north = one.bbox if len(one.bbox) == 4 else (*one.bbox[:2], *one.bbox[3:5])
        if west > bounds[2] or east < bounds[0] or south > bounds[3] or north < bounds[1]:
            return False
    said = one.properties.get("eo:cloud_cover")
    return cloud is None or said is None or said <= cloud


def _found_or_none(one, known):
    try:
        return found_of(one, known)
    except InputError as error:
        log.debug("%s", error)
        return None


def _refuse_elsewhere(found: Found, path: Path, online: bool) -> None:
    """Raise InputError when files of a saved item lie on the net, or on this machine but outside its folder."""
    folder = path.parent.resolve()
    for layer in (*found.layers.values(), *([found.classes] if found.classes else [])):
        if re.match(r"^\w+://|^/vsi", layer.path):
            if not online:
                raise raster.refused(
                    path,
                    f"its files lie on the net ({layer.path}); fetch them from the catalogue instead",
                    f"影像文件在网上（{layer.path}）；请改用在线目录获取",
                )
        elif not Path(layer.path).resolve().is_relative_to(folder):
            raise raster.refused(
                path, f"its file {layer.path} lies outside its folder", f"其文件 {layer.path} 不在该文件夹内"
            )


def _moment(day, last=False) -> datetime:
    if isinstance(day, datetime):
        return day if day.tzinfo else day.replace(tzinfo=item.UTC)
    if isinstance(day, str):
        day = date.fromisoformat(day)
    return datetime.combine(day, time(), tzinfo=item.UTC) + (timedelta(days=1, seconds=-1) if last else timedelta())


__all__ = ["by_day", "read", "saved", "search"]
