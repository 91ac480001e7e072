"""The region of a platform: named once, with one projected CRS for life."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pyproj

from agro.errors import ConflictError, InputError
from agro.farm import Region, Viewer
from agro.store import rights
from agro.store.ids import uuid7
from app.services.platform import Platform, region_or_none

UNNAMED = "我的柑橘园"
WAITING = "region"
"""The setting that holds name and time zone of a region whose CRS waits for its first DEM or plots."""


def create(
    viewer: Viewer,
    home: Platform,
    *,
    name: str,
    crs: str | None = None,
    timezone: str = "Asia/Shanghai",
    synthetic: bool = False,
) -> Region | None:
    """Return the new region; None while its CRS waits for the first data.

    Raises
    ------
    ConflictError
        When the platform has another region already.
    InputError
        When the CRS is not projected in metres, or the time zone is unknown.
    """
    rights.require(viewer, "setting.write")
    known = region_or_none(home)
    if known is not None:
        if known.name == name and crs in (None, known.crs):
            return known
        raise ConflictError(
            f"this platform already is '{known.name}' in {known.crs}; use another folder",
            zh=f"此文件夹已经是“{known.name}”（{known.crs}）；请换一个文件夹",
        )
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InputError(
            f"unknown time zone '{timezone}'; for example Asia/Shanghai",
            zh=f"不认识的时区“{timezone}”，例如 Asia/Shanghai",
        ) from error
    if crs is None:
        home.store.save_setting(WAITING, {"name": name, "timezone": timezone, "synthetic": synthetic}, by=viewer)
        return None
    region = Region(uuid7(), name, checked_crs(crs), timezone, synthetic)
    home.store.save_region(region, by=viewer)
    return region


def decide_crs(viewer: Viewer, home: Platform, longitude: float, latitude: float) -> Region:
    """Return the region, its CRS now fixed: the UTM zone of the first data when none was given."""
    known = region_or_none(home)
    if known is not None:
        return known
    waiting: dict[str, Any] = home.store.setting(WAITING) or {
        "name": UNNAMED,
        "timezone": "Asia/Shanghai",
        "synthetic": False,
    }
    region = Region(uuid7(), waiting["name"], utm(longitude, latitude), waiting["timezone"], waiting["synthetic"])
    home.store.save_region(region, by=viewer)
    return region


def checked_crs(crs: str) -> str:
    """Return the name of a projected CRS in metres."""
    try:
        found = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise InputError(
            f"unknown CRS '{crs}'; for example EPSG:32649", zh=f"不认识的坐标系“{crs}”，例如 EPSG:32649"
        ) from error
    if not found.is_projected or found.axis_info[0].unit_name != "metre":
        raise InputError(f"'{crs}' is not a projected CRS in metres", zh=f"“{crs}”不是以米为单位的投影坐标系")
    return found.to_string()


def utm(longitude: float, latitude: float) -> str:
    """Return the UTM zone of a place.

    >>> utm(109.4, 30.9)
    'EPSG:32649'
    """
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + int((longitude + 180) // 6) + 1}"
