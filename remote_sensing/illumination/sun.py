"""Where the sun stood when a scene was taken."""

from typing import NamedTuple

import pandas as pd
import pvlib
from pyproj import Transformer

from remote_sensing.scene import Scene


class SceneSun(NamedTuple):
    """The sun of a scene."""

    zenith: float  # degrees
    azimuth: float  # degrees, clockwise from north
    source: str  # "product" or "computed"


def scene_sun(scene: Scene) -> SceneSun | None:
    """Return the sun of a scene: the product's own mean angles, else computed from its time and middle.

    None where the product tells neither angles nor the time of day (a time of 00:00:00 is taken for a bare date): a
    sun at a guessed hour would draw shadows on the wrong side.
    """
    if scene.sun_zenith is not None and scene.sun_azimuth is not None:
        return SceneSun(float(scene.sun_zenith), float(scene.sun_azimuth), "product")
    if (scene.time.hour, scene.time.minute, scene.time.second) == (0, 0, 0):
        return None
    grid = scene.grids[scene.finest]
    middle = float(grid["x"].mean()), float(grid["y"].mean())
    longitude, latitude = Transformer.from_crs(grid.rio.crs, 4326, always_xy=True).transform(*middle)
    place = pvlib.solarposition.get_solarposition(pd.DatetimeIndex([scene.time]), latitude, longitude).iloc[0]
    return SceneSun(float(place["zenith"]), float(place["azimuth"]), "computed")
