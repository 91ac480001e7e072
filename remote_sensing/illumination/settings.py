"""What the correction of light holds to, from `illumination.toml`."""

from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters

FILE = Path(__file__).parent.parent / "illumination.toml"


class Slopes(NamedTuple):
    """How ground comes onto another grid."""

    smoothing: Annotated[float, "cell"]


class Sample(NamedTuple):
    """Which pixels a correction is fitted on."""

    least_ndvi: Annotated[float, "1"]
    least_slope: Annotated[float, "degree"]
    least_cos_i: Annotated[float, "1"]
    bins: Annotated[int, "1"]
    largest: Annotated[int, "1"]
    tile: Annotated[int, "cell"]


class Guards(NamedTuple):
    """When a band is left alone, and how far a pixel is moved."""

    least_pixels: Annotated[int, "1"]
    highest_zenith: Annotated[float, "degree"]
    least_relief: Annotated[float, "degree"]
    least_r: Annotated[float, "1"]
    largest_c: Annotated[float, "1"]
    least_factor: Annotated[float, "1"]
    largest_factor: Annotated[float, "1"]
    dim: Annotated[float, "1"]
    flat: Annotated[float, "degree"]
    sloping: Annotated[float, "degree"]


class Accepted(NamedTuple):
    """What a corrected band must look like."""

    largest_r: Annotated[float, "1"]
    largest_shift: Annotated[float, "1"]
    darkest: Annotated[float, "1"]
    brightest: Annotated[float, "1"]
    largest_out: Annotated[float, "1"]


class Settings(NamedTuple):
    """All of them; `settings()._replace(...)` changes one."""

    ground: Slopes
    sample: Sample
    guards: Guards
    accepted: Accepted


@cache
def settings() -> Settings:
    """Return the settings that ship with the platform."""
    parts = {"ground": Slopes, "sample": Sample, "guards": Guards, "accepted": Accepted}
    return Settings(**{name: parameters.load(FILE, name, kind) for name, kind in parts.items()})
