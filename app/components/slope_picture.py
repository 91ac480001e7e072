"""The map of slopes as a picture: cells in the colours of a layer, shaded as the ground, and the plot's outline."""

from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from app import session
from app.components import colours
from app.components.colours import UNKNOWN, Coloured

BANDS = {"delay": "delay", "bloom": "bloom", "ripe": "maturity"}
"""Layer of the region's map: the band that shows the same."""

WIDTH = 900  # pixels, at least
LEAST = 5.99  # d, of a scale: six classes of a day


def picture(found: Any, layer: Any) -> tuple[bytes, Coloured]:
    """Return the picture as PNG, and what its colours mean."""
    values = found.layers[BANDS[layer.key]].to_numpy()
    numbers = np.append(values.ravel().astype(float), _ends(values, layer.key))
    column = _days(numbers, found.about) if layer.kind == "date" else numbers
    made = colours.coloured(
        pd.DataFrame({layer.column: column}), layer, session.language(), session.t, session.cultivars()
    )
    plain = np.array([colours.rgb(colour) for colour in made.colours[: values.size]], float).reshape(*values.shape, 3)
    shade = found.layers["hillshade"].to_numpy().astype(float)[..., None]
    light = np.clip(0.5 + 0.5 * shade / max(float(np.median(shade)), 1.0), 0.35, 1.2)
    image = Image.fromarray(np.clip(plain * light, 0, 255).astype(np.uint8))
    factor = max(-(-WIDTH // image.width), 1)
    image = image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)
    draw = ImageDraw.Draw(image)
    for ring in found.outline:
        corners = [(x * factor, y * factor) for x, y in ring]
        draw.line([*corners, corners[0]], fill="white", width=9, joint="curve")
        draw.line([*corners, corners[0]], fill="#1b201c", width=4, joint="curve")
    _scale(draw, image, factor, float(abs(found.layers["x"][1] - found.layers["x"][0])))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue(), _named(made)


def _ends(values: np.ndarray, key: str) -> list[float]:
    """Return the ends of a scale of a week at least: two days apart must not look like two worlds."""
    if not np.isfinite(values).any():
        return [0.0, LEAST]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if key == "delay":
        return [min(low, 0.0), max(high, LEAST)]
    spare = max(LEAST - (high - low), 0.0) / 2
    return [low - spare, high + spare]


def _days(values: np.ndarray, about: dict[str, Any]) -> pd.Series:
    """Return days of the year of bloom as dates."""
    days = pd.to_timedelta(np.round(values) - 1, unit="D")
    return pd.Series(pd.Timestamp(int(about["bloom_year"]), 1, 1) + days)


def _scale(draw: ImageDraw.ImageDraw, image: Image.Image, factor: int, cell: float) -> None:
    """Draw a bar of 200 m, and an arrow to the north."""
    length, left, bottom = 200 / cell * factor, 26, image.height - 26
    draw.rectangle((left - 4, bottom - 12, left + length + 4, bottom + 4), fill="white")
    draw.rectangle((left, bottom - 8, left + length, bottom), fill="#1b201c")
    written: dict[str, Any] = {"fill": "#1b201c", "font_size": 30, "stroke_width": 4, "stroke_fill": "white"}
    draw.text((left + length + 14, bottom - 30), "200 m", **written)
    x, y = image.width - 44, 30
    draw.polygon([(x, y - 12), (x - 15, y + 30), (x, y + 20), (x + 15, y + 30)], fill="#1b201c", outline="white")
    draw.text((x - 10, y + 32), "N", **written)


def _named(made: Coloured) -> Coloured:
    """Return the legend with its own word for cells whose date does not come."""
    never = session.t("words.not_this_season")
    return Coloured([], [], [(colour, never if colour == UNKNOWN else said) for colour, said in made.legend])
