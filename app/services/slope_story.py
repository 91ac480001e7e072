"""What the slope does to the light of one plot: its sun hour by hour, and what the clouds leave of the difference."""

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import xarray as xr

from agro.errors import MissingDataError
from agro.farm import Plot, Viewer
from agro.store import rights
from agro.terrain import slope_light, sun_hours
from app.services import ground, plot_season
from app.services.platform import Platform
from growth_model.place import Weather

DAYS = {"winter": (12, 21), "summer": (6, 21)}
"""The two days between which the sun's path lies all year."""

SEASONS = {"winter": ((12, 1, 2), 70.0), "summer": ((6, 7, 8), 100.0)}
"""Months, and a hour angle of sunset by which the form of the diffuse share is chosen. [degrees]"""

CLOUDLESS = 0.75
"""Clearness of a day without a cloud near sea level, FAO-56 eq. 37. [1]"""

ZONE = 8.0
"""By how much the clocks of the whole country are before UTC. [h]"""


@dataclass(frozen=True)
class SlopeStory:
    """The light of one plot.

    Attributes
    ----------
    spells : DataFrame
        Columns key ("today", "winter", "summer"), day, start, end [h of the clock] and lit.
    hours : DataFrame
        One row a key: day, open and lit [h], and lost to the terrain [h].
    diffuse : dict
        Share of the light that came from the sky, in the winters and summers of the weather that the newest run read.
        [1]
    light, clear : dict
        The plot's light over that of flat open ground, in winter and summer: under those skies, and under skies
        without a cloud. [1]
    """

    plot: Plot
    on: date
    spells: pd.DataFrame
    hours: pd.DataFrame
    diffuse: dict[str, float]
    light: dict[str, float]
    clear: dict[str, float]


def story(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> SlopeStory:
    """Return the sun of a plot on the day of issue and at the solstices, and what the clouds leave of it.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    MissingDataError
        When there is no elevation model or no weather.
    """
    plot = home.store.plot(plot_id, rights.scope(viewer, "outlook.read"))
    known = plot_season.inputs(home, plot.id, on)
    terrain = of_plot(home, plot)
    centre = plot.geometry.centroid
    steep, aspect = float(terrain["slope"][0]), float(terrain["aspect"][0])
    around = terrain["horizon"].transpose("plot", "direction").to_numpy()[0]
    days = {"today": known.issued} | {key: date(known.issued.year, *day) for key, day in DAYS.items()}
    spells, hours = [], []
    for key, day in days.items():
        course = sun_hours.sun_course(centre.y, centre.x, steep, aspect, around, day.timetuple().tm_yday, zone=ZONE)
        above, lit = sun_hours.hours(course)
        spells.append(sun_hours.spells(course).assign(key=key, day=day))
        hours.append({"key": key, "day": day, "open": above, "lit": lit, "lost": above - lit})
    clouds = _clouds(known, ground.places(terrain, centre.y).iloc[0])
    return SlopeStory(plot, known.issued, pd.concat(spells, ignore_index=True), pd.DataFrame(hours), *clouds)


def of_plot(home: Platform, plot: Plot) -> xr.Dataset:
    """Return the terrain of one plot, dims (plot, direction).

    Raises
    ------
    MissingDataError
        When it lies outside the elevation model.
    """
    frame = gpd.GeoDataFrame({"id": [plot.id]}, geometry=[plot.geometry], crs="EPSG:4326")
    terrain = ground.of_plots(home, frame)
    if not np.isfinite(float(terrain["elevation"][0])):
        raise MissingDataError(f"'{plot.name}' lies outside the elevation model", zh=f"“{plot.name}”在高程数据范围之外")
    return terrain


def _clouds(known: plot_season.PlotInputs, place: pd.Series) -> tuple[dict, dict, dict]:
    """Return the diffuse share, the plot's light, and its light without clouds, each by season."""
    observed = known.weather[0, 0, : known.observed]
    radiation, share, around = (
        observed[:, Weather._fields.index(name)].astype(float) for name in ("radiation", "diffuse", "anisotropy")
    )
    month = (known.first_day + np.arange(known.observed)).astype("M8[M]").astype(int) % 12 + 1
    sky = float(place["sky_view"])
    diffuse, light, clear = {}, {}, {}
    for season, (months, sunset) in SEASONS.items():
        beam, some = float(place[f"{season}_beam"]), np.isin(month, months) & np.isfinite(radiation)
        total = radiation[some].sum()
        ratio = slope_light.light_ratio(beam, sky, share[some], around[some])
        diffuse[season] = float((radiation[some] * share[some]).sum() / total) if total > 0 else float("nan")
        light[season] = float((radiation[some] * ratio).sum() / total) if total > 0 else float("nan")
        bare = slope_light.diffuse_share(CLOUDLESS, sunset)
        clear[season] = float(slope_light.light_ratio(beam, sky, bare, slope_light.anisotropy(CLOUDLESS, bare)))
    return diffuse, light, clear
