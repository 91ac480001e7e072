"""Plots made on the page: a pin with its mu, or a ring drawn or walked."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
from shapely import Polygon

from agro.errors import InputError
from agro.farm import Finding, Preview
from agro.vectors import points, reading, source


def plot_from_pin(
    longitude: float,
    latitude: float,
    area_mu: float,
    *,
    name: str | None = None,
    farm: str | None = None,
    shape: str = "circle",
    **more: Any,
) -> Preview:
    """Return the preview of one plot around a pin: a circle or square of `area_mu` [mu], marked as assumed.

    Parameters
    ----------
    longitude, latitude : float
        Where the pin stands, EPSG:4326. [degree]
    area_mu : float
        Area that the grower states. [mu]
    name, farm : str, optional
    shape : {"circle", "square"}
    **more
        cultivar, planted, spacing ("4x3"), soil_depth, township.

    Raises
    ------
    InputError
        When the place, the area or an attribute cannot be.
    """
    outline = points.pin(longitude, latitude, area_mu, shape)
    preview = _preview("pin", outline, {"name": name, "farm": farm, **more})
    preview.table["assumed"] = pd.Series([("geometry",)], dtype=object)
    preview.findings.append(
        Finding(
            "warning",
            f"a {shape} of {area_mu} mu was assumed around the pin",
            f"已按 {area_mu} 亩在定位点周围画出假定边界",
        )
    )
    return preview


def plot_from_ring(
    ring: Sequence[tuple[float, float]], *, name: str | None = None, farm: str | None = None, **more: Any
) -> Preview:
    """Return the preview of one plot from its corners (longitude, latitude) [degree], closed or not.

    Raises
    ------
    InputError
        When there are fewer than three corners, they enclose nothing, or an attribute cannot be.
    """
    try:
        corners = [(float(corner[0]), float(corner[1])) for corner in ring]
    except (TypeError, ValueError, IndexError) as error:
        raise InputError("a corner is no pair of numbers", zh="有一个角点不是一对数字") from error
    if len(set(corners)) < 3:
        raise InputError(
            f"the outline has {len(set(corners))} corners; at least three are needed",
            zh=f"边界只有 {len(set(corners))} 个角点；至少需要三个",
        )
    return _preview("drawn", Polygon(corners), {"name": name, "farm": farm, **more})


def _preview(label, outline, record):
    given = {key: value for key, value in record.items() if value is not None}
    made = source.source(label, [given], [outline])
    preview = reading.understood(made, crs=4326, shift_gcj02=False)
    preview.findings = [found for found in preview.findings if not found.en.startswith("columns ")]
    return preview
