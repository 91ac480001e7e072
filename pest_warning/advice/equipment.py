"""What `equipment.toml` says of sprayers, of the air they need and of the kinds of product."""

from functools import cache
from pathlib import Path
from typing import Annotated, NamedTuple

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from pest_warning.organism import Words

FILE = Path(__file__).with_name("equipment.toml")
STATES = ("good", "marginal", "unknown", "no")
GOOD, MARGINAL, UNKNOWN, NO = range(4)
"""States of an hour from best to worst: the worst rule decides."""


class Equipment(NamedTuple):
    """Bounds of one kind of sprayer; winds at 2 m, `damp` and `dry` are delta T, heat is of the wet bulb."""

    calm: Annotated[float, "m s-1"]
    light: Annotated[float, "m s-1"]
    steady: Annotated[float, "m s-1"]
    strong: Annotated[float, "m s-1"]
    gust_steady: Annotated[float, "m s-1"]
    gust_strong: Annotated[float, "m s-1"]
    calm_state: Annotated[str, "1"]
    damp_calm_state: Annotated[str, "1"]
    damp_least: Annotated[float, "K"]
    damp: Annotated[float, "K"]
    dry: Annotated[float, "K"]
    driest: Annotated[float, "K"]
    low_sun_state: Annotated[str, "1"]
    heat: Annotated[float, "degC"]
    most_heat: Annotated[float, "degC"]


class Air(NamedTuple):
    """Bounds that hold for every sprayer; `dusk` is before sunset, `twilight` after it and before sunrise."""

    coldest: Annotated[float, "degC"]
    cool: Annotated[float, "degC"]
    warm: Annotated[float, "degC"]
    hot: Annotated[float, "degC"]
    wet: Annotated[float, "%"]
    trace: Annotated[float, "mm"]
    much: Annotated[float, "mm"]
    thunder_ahead: Annotated[float, "h"]
    twilight: Annotated[float, "h"]
    dusk: Annotated[float, "h"]


class Product(NamedTuple):
    """What a kind of product needs after it was sprayed, and the air above which it burns."""

    rain_free_least: Annotated[float, "h"]
    rain_free: Annotated[float, "h"]
    drying: Annotated[float, "h"]
    warmest: Annotated[float, "degC"]


class Window(NamedTuple):
    """What makes hours a block, and members of a forecast agree."""

    least: Annotated[float, "h"]
    share: Annotated[float, "1"]


@cache
def equipment(name: str) -> Equipment:
    """Return the bounds of a sprayer of `names()`."""
    _known(name, tuple(names()))
    bounds = parameters.load(FILE, name, Equipment)
    for word in (bounds.calm_state, bounds.damp_calm_state, bounds.low_sun_state):
        state(word)
    return bounds


@cache
def names() -> dict[str, Words]:
    """Return {key: name} of all sprayers."""
    return {key: Words(**entry) for key, entry in parameters.document(FILE)["names"].items()}


@cache
def product(kind: str) -> Product:
    """Return what a kind of product needs: contact, systemic, copper, mancozeb, oil, sulphur or bait."""
    _known(kind, tuple(parameters.document(FILE)["product"]))
    return parameters.load(FILE, f"product.{kind}", Product)


@cache
def air() -> Air:
    """Return the bounds of the air."""
    return parameters.load(FILE, "air", Air)


@cache
def window() -> Window:
    """Return what makes a window."""
    return parameters.load(FILE, "window", Window)


@cache
def reasons() -> dict[str, Words]:
    """Return {rule: sentence with {value} and {bound}}, the gravest first."""
    return {key: Words(**entry) for key, entry in parameters.document(FILE)["reason"].items()}


def state(word: str) -> int:
    """Return the number of a state's word.

    Raises
    ------
    ParameterError
        When it is no state.
    """
    if word not in STATES:
        raise ParameterError(
            f"equipment.toml: '{word}' is no state; known: {', '.join(STATES)}",
            zh=f"equipment.toml：没有状态“{word}”；可用：{'、'.join(STATES)}",
        )
    return STATES.index(word)


def _known(name: str, known: tuple[str, ...]) -> None:
    if name not in known:
        raise NotFoundError(f"no '{name}'; known: {', '.join(known)}", zh=f"没有“{name}”；可用：{'、'.join(known)}")
