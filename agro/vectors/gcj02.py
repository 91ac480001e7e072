"""The offset of Chinese map apps (GCJ-02) against WGS 84: computed, undone, and suspected on evidence only."""

import re

import numpy as np
import shapely

MAJOR_AXIS = 6_378_245.0  # Krasovsky 1940 [m]
ECCENTRICITY = 0.006_693_421_622_965_943  # squared
CHINA = (72.004, 0.8293, 137.8347, 55.8271)  # west, south, east, north: where the apps apply the offset
WORDS = ("gcj-02", "gcj02", "gcj 02", "火星坐标", "高德", "amap", "autonavi", "腾讯地图", "tencent", "qq.com/map")
OTHER_WORDS = ("bd-09", "bd09", "百度", "baidu")


def inside_china(longitude, latitude):
    """Return where the apps apply the offset: a plain rectangle, as they do."""
    west, south, east, north = CHINA
    return (longitude >= west) & (longitude <= east) & (latitude >= south) & (latitude <= north)


def offset(longitude, latitude):
    """Return the offset (east, north) [degree] of GCJ-02 at WGS 84 positions.

    Notes
    -----
    The algorithm has never been published by its makers; this is the form that became public in 2013 (EvilTransform)
    and that agrees with the apps within some metres.
    """
    x, y = np.asarray(longitude, dtype=float) - 105.0, np.asarray(latitude, dtype=float) - 35.0
    wave = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north = north + 2.0 / 3.0 * (
        wave
        + 20.0 * np.sin(np.pi * y)
        + 40.0 * np.sin(np.pi * y / 3.0)
        + 160.0 * np.sin(np.pi * y / 12.0)
        + 320.0 * np.sin(np.pi * y / 30.0)
    )
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east = east + 2.0 / 3.0 * (
        wave
        + 20.0 * np.sin(np.pi * x)
        + 40.0 * np.sin(np.pi * x / 3.0)
        + 150.0 * np.sin(np.pi * x / 12.0)
        + 300.0 * np.sin(np.pi * x / 30.0)
    )
    phi = np.radians(latitude)
    bend = 1.0 - ECCENTRICITY * np.sin(phi) ** 2
    meridian = MAJOR_AXIS * (1.0 - ECCENTRICITY) / bend**1.5  # radius of curvature [m]
    parallel = MAJOR_AXIS / np.sqrt(bend) * np.cos(phi)  # radius [m]
    return np.degrees(east / parallel), np.degrees(north / meridian)


def from_wgs84(longitude, latitude):
    """Return GCJ-02 (longitude, latitude) [degree] of WGS 84 positions; outside China unchanged."""
    longitude, latitude = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
    east, north = offset(longitude, latitude)
    inside = inside_china(longitude, latitude)
    return np.where(inside, longitude + east, longitude), np.where(inside, latitude + north, latitude)


def to_wgs84(longitude, latitude, tolerance=1e-9):
    """Return WGS 84 (longitude, latitude) [degree] of GCJ-02 positions, by iteration to `tolerance` [degree]."""
    longitude, latitude = np.asarray(longitude, dtype=float), np.asarray(latitude, dtype=float)
    inside = inside_china(longitude, latitude)
    x, y = longitude.copy(), latitude.copy()
    for _ in range(30):  # each step gains two digits or more
        east, north = offset(x, y)
        off_x, off_y = x + east - longitude, y + north - latitude
        x, y = np.where(inside, x - off_x, x), np.where(inside, y - off_y, y)
        if not np.any(inside & (np.hypot(off_x, off_y) > tolerance)):
            break
    return x, y


def shifted(geometry):
    """Return shapes (array of shapely geometries in GCJ-02) moved to WGS 84."""
    return shapely.transform(geometry, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1])))


def suspected(frame, hints="", bounds=None):
    """Return why the outlines of `frame` seem to be in GCJ-02, or "" without evidence.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Outlines in degrees.
    hints : str
        Text of the file in which an app or a datum may be named.
    bounds : shapely geometry, optional
        Where the plots must lie (county outline or extent of the DEM), EPSG:4326.

    Returns
    -------
    str
        "gcj02:WORD" or "bd09:WORD" when a word was found, "bounds" when the plots lie better in `bounds` after the
        shift, "" otherwise. Outlines alone can never prove it: half a kilometre looks like any other place.
    """
    text = str(hints).lower()
    for kind, words in (("gcj02", WORDS), ("bd09", OTHER_WORDS)):
        for word in words:
            if re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text):
                return f"{kind}:{word}"
    if bounds is None or len(frame) == 0:
        return ""
    shapely.prepare(bounds)
    centres = shapely.centroid(np.asarray(frame.geometry.array))
    now, moved = shapely.covers(bounds, centres), shapely.covers(bounds, shifted(centres))
    return "bounds" if moved.sum() > now.sum() and not now.all() and (moved >= now).all() else ""
