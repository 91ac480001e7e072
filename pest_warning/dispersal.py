"""How rain and wind carry spores and bacteria to young tissue."""

from typing import Annotated, NamedTuple

from agro.numeric import equation, exp, minimum, where


class Splash(NamedTuple):
    """Rain of a wet spell that opens the spread; `dry_share` is what spreads by air without it."""

    gate: Annotated[float, "mm"]
    dry_share: Annotated[float, "1"]


class WindRain(NamedTuple):
    """Rain driven by wind, as canker spreads."""

    gate: Annotated[float, "mm"]  # in the hour
    slope: Annotated[float, "s m-1"]
    cap: Annotated[float, "m s-1"]
    reference: Annotated[float, "m s-1"]
    boost: Annotated[float, "1"]
    boost_at: Annotated[float, "m s-1"]
    boost_width: Annotated[float, "m s-1"]
    later_share: Annotated[float, "1"]


@equation
def wind_driven(gust, slope, cap, reference, boost, boost_at, boost_width):
    """Return how much a rain hour deposits beside one at the reference wind without boost.

    Parameters
    ----------
    gust : array_like
        Wind in the canopy. [m s-1]
    slope, cap, reference, boost, boost_at, boost_width : float
        See `WindRain`.

    Returns
    -------
    array_like
        [1]

    References
    ----------
    .. [1] Bock, Parker and Gottwald (2004): 6,168 bacteria at 0 m/s and 320,700 at 15 m/s, one metre from the source;
       an exponential through the two points is judgement.
    """
    carried = exp(slope * (minimum(gust, cap) - reference))
    return carried * (1.0 + boost / (1.0 + exp(-(gust - boost_at) / boost_width)))


@equation
def splashed(rain_of_spell, gate, dry_share):
    """Return 1 once the rain of a wet spell has reached `gate` [mm], `dry_share` before [1]."""
    return where(rain_of_spell >= gate, 1.0, dry_share)
