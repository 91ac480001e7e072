"""The numbers of `trees.toml`, by section."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, NamedTuple

from agro import parameters

FILE = Path(__file__).with_name("trees.toml")


class Check(NamedTuple):
    """What a picture must be like."""

    coarsest: Annotated[float, "m"]
    coarsest_large: Annotated[float, "m"]
    small: Annotated[float, "m"]
    empty: Annotated[float, "1"]
    shadow: Annotated[float, "1"]
    blown: Annotated[float, "1"]
    white: Annotated[float, "1"]
    seam: Annotated[float, "1"]
    cell: Annotated[float, "m"]
    core: Annotated[float, "m"]


class Mask(NamedTuple):
    """What is green, and what lies in shadow."""

    lowest: Annotated[float, "1"]
    highest: Annotated[float, "1"]
    beyond_plot: Annotated[float, "m"]
    shadow: Annotated[float, "1"]
    green_ground: Annotated[float, "1"]
    opening: Annotated[float, "m"]
    leaf: Annotated[float, "1"]
    hole: Annotated[float, "m2"]


class Colour(NamedTuple):
    """How colours of crowns are learned from the plot itself."""

    cell: Annotated[float, "m"]
    inner: Annotated[float, "1"]
    outer: Annotated[float, "1"]
    strongest: Annotated[float, "1"]
    rounds: Annotated[int, "1"]
    ground: Annotated[float, "1"]


class Crown(NamedTuple):
    """Where a crown is believed to be."""

    threshold: Annotated[float, "1"]
    apart: Annotated[float, "1"]
    share: Annotated[float, "1"]
    in_row: Annotated[float, "1"]
    smallest: Annotated[float, "m"]
    largest: Annotated[float, "m"]
    tried: Annotated[int, "1"]
    unsure: Annotated[float, "1"]


class Limit(NamedTuple):
    """Where crowns cannot be counted from colour."""

    cover: Annotated[float, "1"]
    told_apart: Annotated[float, "1"]


class Outline(NamedTuple):
    """Which outlines are crowns."""

    smallest: Annotated[float, "1"]
    largest: Annotated[float, "1"]


class Vigour(NamedTuple):
    """When a tree is called weak."""

    sunlit: Annotated[float, "1"]
    weak_colour: Annotated[float, "1"]
    weak_size: Annotated[float, "1"]
    fewest: Annotated[int, "1"]
    age_apart: Annotated[float, "a"]


class Gap(NamedTuple):
    """When a place is called empty."""

    steps: Annotated[float, "1"]
    free: Annotated[float, "1"]
    border: Annotated[float, "1"]
    together: Annotated[float, "1"]
    votes: Annotated[int, "1"]


class Identity(NamedTuple):
    """When a tree is the same tree."""

    reach: Annotated[float, "1"]
    rounds: Annotated[int, "1"]
    farthest: Annotated[float, "m"]
    agree: Annotated[float, "1"]


class Cluster(NamedTuple):
    """When weak trees make a patch."""

    reach: Annotated[float, "1"]
    permutations: Annotated[int, "1"]
    false_share: Annotated[float, "1"]
    fewest: Annotated[int, "1"]


class Height(NamedTuple):
    """How heights above ground are made of a surface."""

    least: Annotated[float, "m"]
    of_median: Annotated[float, "1"]
    smooth: Annotated[float, "1"]
    ground_cell: Annotated[float, "m"]
    envelope: Annotated[float, "1"]
    terrace: Annotated[float, "m"]
    top: Annotated[float, "1"]
    fuse: Annotated[float, "1"]


SECTIONS = {
    "check": Check, "mask": Mask, "colour": Colour, "crown": Crown, "limit": Limit, "outline": Outline,
    "vigour": Vigour, "gap": Gap, "identity": Identity, "cluster": Cluster, "height": Height,
}  # fmt: skip


@cache
def settings() -> Any:
    """Return all sections, each an attribute by its name."""
    return SimpleNamespace(**{name: parameters.load(FILE, name, cls) for name, cls in SECTIONS.items()})
