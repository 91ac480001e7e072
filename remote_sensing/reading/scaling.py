"""Numbers of files as reflectance."""

import numpy as np

COUNTS_10_BIT = 1023
BRIGHT = 1.6  # reflectance above which numbers cannot be what they are said to be; the range of a scene


def reflectance(numbers, scale, offset=0.0, nodata=None, dtype=np.float32, out=None):
    """Return numbers x scale + offset, NaN for fill.

    Parameters
    ----------
    numbers : ndarray
        As they stand in the file. [DN]
    scale, offset : float
    nodata : float or sequence of float, optional
        Numbers that stand for nothing.
    dtype : type
        float32, or float64 where rounding matters.
    out : ndarray of `dtype`, optional
        Where to put them.

    Returns
    -------
    ndarray of `dtype`
        Never clipped: dark shaded slopes do go below 0.
    """
    values = np.empty(numbers.shape, dtype) if out is None else out
    np.multiply(numbers, dtype(scale), out=values, casting="same_kind")
    if offset:
        values += dtype(offset)
    for mark in np.atleast_1d([] if nodata is None else nodata):
        if not np.isnan(mark):
            values[numbers == mark] = np.nan
    return values


def looks_like_counts(values, raw):
    """Return whether "reflectance" made of `raw` numbers, both lists of bands, is rather the raw counts of a camera.

    No land reflects more than 1.6 over half of a picture; and where no number of any band is above 1023, a detector of
    10 bits speaks.
    """
    bright = any(np.nanmedian(band) > BRIGHT for band in values if np.isfinite(band).any())
    whole = all(np.issubdtype(band.dtype, np.integer) for band in raw)
    return bright or (whole and max(int(band.max()) for band in raw) <= COUNTS_10_BIT)
