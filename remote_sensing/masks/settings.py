"""What the masks hold to, from `masks.toml`."""

from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters

FILE = Path(__file__).parent.parent / "masks.toml"


class Working(NamedTuple):
    """The grid that clouds are looked for on."""

    cell: Annotated[float, "m"]


class Dilation(NamedTuple):
    """How far masks are widened."""

    cloud: Annotated[float, "m"]
    shadow: Annotated[float, "m"]
    ring: Annotated[float, "m"]


class Water(NamedTuple):
    """When a slope that was called water is none."""

    flattest_slope: Annotated[float, "degree"]
    brightest: Annotated[float, "1"]


class Rule(NamedTuple):
    """Clouds, snow and water by colour alone."""

    blue: Annotated[float, "1"]
    whiteness: Annotated[float, "1"]
    ndvi_low: Annotated[float, "1"]
    ndvi_high: Annotated[float, "1"]
    hot_red: Annotated[float, "1"]
    hot_least: Annotated[float, "1"]
    snow_ndsi: Annotated[float, "1"]
    snow_nir: Annotated[float, "1"]
    water_ndvi: Annotated[float, "1"]
    water_nir: Annotated[float, "1"]


class Temporal(NamedTuple):
    """Clouds as what was not there before."""

    views: Annotated[int, "1"]
    oldest: Annotated[float, "d"]
    rise: Annotated[float, "1"]
    doubling: Annotated[float, "d"]
    red: Annotated[float, "1"]


class Shadow(NamedTuple):
    """Shadows as clouds moved along the sun's rays."""

    least_area: Annotated[float, "ha"]
    widest: Annotated[float, "m"]
    lowest: Annotated[float, "m"]
    highest: Annotated[float, "m"]
    step: Annotated[float, "m"]
    dark: Annotated[float, "%"]
    darkened: Annotated[float, "1"]
    similarity: Annotated[float, "1"]
    gain: Annotated[float, "1"]
    spread: Annotated[float, "1"]
    favour: Annotated[float, "1"]
    heaviest: Annotated[float, "ha"]
    alone_area: Annotated[float, "ha"]
    alone_similarity: Annotated[float, "1"]
    least_seen: Annotated[float, "1"]
    band_lowest: Annotated[float, "m"]
    band_highest: Annotated[float, "m"]
    tested: Annotated[int, "1"]


class Settings(NamedTuple):
    """All of them."""

    working: Working
    dilation: Dilation
    water: Water
    rule: Rule
    temporal: Temporal
    shadow: Shadow


@cache
def settings() -> Settings:
    """Return the settings that ship with the platform."""
    return Settings(**{name: parameters.load(FILE, name, kind) for name, kind in Settings.__annotations__.items()})
