"""Slope and aspect of the invented ground at any point, as far as laying out plots needs them."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from sample_data.terrain import PIXEL

FLAT = 5.0  # degrees: below it a plot faces nowhere


class Ground:
    """Elevation, slope and aspect of a DEM at any point, smooth between the pixels."""

    def __init__(self, dem):
        self.x, self.y = dem.x.values, dem.y.values
        self.height = gaussian_filter(dem.values.astype(float), 0.7)
        south, self.east = np.gradient(self.height, PIXEL)
        self.north = -south
        self.slope = np.degrees(np.arctan(np.hypot(self.east, self.north)))
        self.aspect = np.degrees(np.arctan2(-self.east, -self.north)) % 360

    def at(self, x, y, layer="height"):
        """Return `layer` at map coordinates [m], bilinear."""
        row, column = (self.y[0] - np.asarray(y)) / PIXEL, (np.asarray(x) - self.x[0]) / PIXEL
        places = [np.atleast_1d(row), np.atleast_1d(column)]
        return map_coordinates(getattr(self, layer), places, order=1, mode="nearest").reshape(row.shape)

    def facing(self, x, y):
        """Return 0-7 for north, north-east ... north-west, or 8 on ground under 5 degrees."""
        return facing(self.at(x, y, "slope"), self.at(x, y, "aspect"))


def facing(slope, aspect):
    """Return 0-7 for north, north-east ... north-west, or 8 on ground under 5 degrees."""
    octant = np.floor((aspect + 22.5) / 45).astype(int) % 8
    return np.where(slope < FLAT, 8, octant)
