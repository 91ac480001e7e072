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
TIMEZONE = "Asia/Shanghai"
WAITING = "region"
"""The setting that holds name and time zone of a region whose CRS waits for its first DEM or plots."""


def create(
    viewer: Viewer,
    home: Platform,
    *,
    name: str,
    crs: str | None = None,
    timezone: str | None = None,
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
    if not name.strip():
        raise InputError("the region needs a name", zh="请给区域起一个名字")
    crs = None if crs is None else checked_crs(crs)
    timezone = None if timezone is None else checked_timezone(timezone)
    known = region_or_none(home)
    if known is not None:
        if known.name == name and crs in (None, known.crs) and timezone in (None, known.timezone):
            return known
        raise ConflictError(
            f"this platform already is '{known.name}' in {known.crs}, {known.timezone}; use another folder",
            zh=f"此文件夹已经是“{known.name}”（{known.crs}，{known.timezone}）；请换一个文件夹",
        )
    if crs is None:
        waiting = {"name": name, "timezone": timezone or TIMEZONE, "synthetic": synthetic}
        home.store.save_setting(WAITING, waiting, by=viewer)
        return None
    region = Region(uuid7(), name, crs, timezone or TIMEZONE, synthetic)
    home.store.save_region(region, by=viewer)
    return region


def crs_for(home: Platform, longitude: float, latitude: float) -> str:
    """Return the region's CRS, or the one that it would get from data at this place."""
    known = region_or_none(home)
    return known.crs if known is not None else utm(longitude, latitude)


def decide_crs(viewer: Viewer, home: Platform, longitude: float, latitude: float) -> Region:
    """Return the region, its CRS now fixed: the UTM zone of the first data when none was given."""
    known = region_or_none(home)
    if known is not None:
        return known
    unasked = {"name": UNNAMED, "timezone": TIMEZONE, "synthetic": False}
    waiting: dict[str, Any] = home.store.setting(WAITING) or unasked
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


def checked_timezone(timezone: str) -> str:
    """Return the name of a time zone that is known."""
    try:
        return ZoneInfo(timezone).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise InputError(
            f"unknown time zone '{timezone}'; for example {TIMEZONE}",
            zh=f"不认识的时区“{timezone}”，例如 {TIMEZONE}",
        ) from error


def utm(longitude: float, latitude: float) -> str:
    """Return the UTM zone of a place.

    >>> utm(109.4, 30.9)
    'EPSG:32649'
    """
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + min(int((longitude + 180) // 6) + 1, 60)}"
