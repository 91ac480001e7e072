"""What a learned crown detector sees of a picture: brightness and two tints, set against the picture's own."""

from typing import NamedTuple

import numpy as np

CHANNELS = 3
DARKEST = 4.0  # added to each band: tints of black pixels are noise


class Light(NamedTuple):
    """Brightness and tint of a whole picture, by which its windows are judged alike."""

    dark: float
    bright: float
    green: float
    warm: float


def _tints(bands):
    total = bands.sum(0) + 3 * DARKEST
    red, green, blue = (bands + DARKEST) / total
    return 2 * green - red - blue, red - blue


def light_of(rgb):
    """Return the `Light` of a picture.

    Parameters
    ----------
    rgb : array_like of uint8, shape (3, y, x)
        Red, green, blue.

    Returns
    -------
    Light
        1st and 99th percentile of brightness [DN], median excess green and median red minus blue of chromatic
        coordinates [1].
    """
    bands = np.asarray(rgb)[:3].astype(np.float32)
    dark, bright = np.percentile(bands.mean(0), [1, 99])
    green, warm = _tints(bands)
    return Light(float(dark), float(max(bright, dark + 1)), float(np.median(green)), float(np.median(warm)))


def seen(rgb, light=None):
    """Return the channels of a picture, each about -2 to 2.

    Parameters
    ----------
    rgb : array_like of uint8, shape (3, y, x)
        Red, green, blue.
    light : Light, optional
        That of the whole picture if `rgb` is a window of it.

    Returns
    -------
    ndarray of float32, shape (3, y, x)
        Brightness, excess green, red minus blue.
    """
    light = light or light_of(rgb)
    bands = np.asarray(rgb)[:3].astype(np.float32)
    brightness = (bands.mean(0) - light.dark) / (light.bright - light.dark) * 4 - 2
    green, warm = _tints(bands)
    return np.stack([brightness, (green - light.green) * 15, (warm - light.warm) * 10]).astype(np.float32)
