"""When two mosaics are one flight: of one name and moment, over the same ground, of the same plots."""

import hashlib
from datetime import datetime

import geopandas as gpd
import shapely

from agro.store import StoredScene, rights
from agro.store.flown import PLOTS
from app.services.imagery import plot_table
from app.services.imagery.extent import Bounds
from app.services.platform import Platform

SHARED = 0.5  # of the ground of two mosaics together from which they are of one flight: processings differ at the rim
RECORDED = ("spacing", "planted", "cultivar")
"""What is known of a plot and changes how its trees are told."""


def asked(plots: gpd.GeoDataFrame) -> str:
    """Return what changes with the plots that trees are counted in: then they are counted again."""
    records = plots.sort_values("id")[[*RECORDED]].astype(str).to_numpy().tolist()
    return hashlib.sha256(f"{plot_table.outlines_key(plots)} {records}".encode()).hexdigest()[:16]


def before(
    home: Platform, name: str, time: datetime, bounds: Bounds, plots: gpd.GeoDataFrame, digest: str
) -> StoredScene | None:
    """Return the stored flight that a mosaic tells of anew, or None.

    All plots that it told of must be among those that the newcomer shows and its bringer may fly over: nobody's flight
    gives way to another's, nor to one over other ground.

    Parameters
    ----------
    name : str
        Of the file, with its time where the name has no day: WebODM calls every mosaic alike.
    bounds : tuple of float
        West, south, east, north of the mosaic. [degrees]
    digest : str
        Checksum of the file.
    """
    shown = set(plots["id"])
    for one in home.store.scenes("drone", time.date(), time.date()):
        alike = one.checksum == digest or (one.about or {}).get("name", one.product) == name
        if not alike or one.time != time or _shared(one.bounds, bounds) < SHARED:
            continue
        table = home.store.tree_readings(rights.EVERYTHING, one.id, part=PLOTS)
        told = set(table["plot"]) if len(table) else set()
        if told and told <= shown:
            return one
    return None


def product(name: str, time: datetime, bounds: Bounds, plots: gpd.GeoDataFrame) -> str:
    """Return the name of a new flight, which no other has: not of another time, over other ground or of others' plots.

    That it is always longer than the file's name tells nobody whether another has brought in a file of that name.
    """
    place = [round(edge, 4) for edge in bounds]
    mark = hashlib.sha256(f"{time.isoformat()} {place} {sorted(plots['id'])}".encode()).hexdigest()
    return f"{name}_{mark[:8]}"


def _shared(one: Bounds, other: Bounds) -> float:
    """Return the ground of both over the ground of either. [1]"""
    mine, theirs = shapely.box(*one), shapely.box(*other)
    return mine.intersection(theirs).area / mine.union(theirs).area
