"""Two plots of one farm, and the day that pages speak of."""

from datetime import date, timedelta

import geopandas as gpd
from shapely.geometry import box

from agro.farm import Plot, Role, Viewer

WGS84 = "EPSG:4326"
LEVELS = ("p10", "p50", "p90")
ISSUED = date(2026, 9, 20)
VIEWER = Viewer("a1", "示例果农", Role.ADMIN, farms=("f1",))
PLOTS = [
    Plot(
        "p1",
        "f1",
        "屋后坡",
        box(109.40, 30.90, 109.401, 30.901),
        4000.0,
        "navel",
        2012,
        (4.0, 3.0),
        0.6,
        "青岩镇",
        520.0,
        24.0,
        315.0,
        0.93,
        320.0,
        ("spacing",),
        "test",
        True,
    ),
    Plot(
        "p2",
        "f1",
        "河边地",
        box(109.41, 30.91, 109.411, 30.911),
        2000.0,
        "valencia",
        None,
        None,
        None,
        "青岩镇",
        210.0,
        1.0,
        None,
        0.99,
        10.0,
        (),
        "test",
        True,
    ),
]


def day(days: int) -> date:
    return ISSUED + timedelta(days=days)


def plots() -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame([vars(plot) for plot in PLOTS], geometry="geometry", crs=WGS84)
