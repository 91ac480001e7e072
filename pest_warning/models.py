"""Infection organisms as the rows of numbers and tabulated responses that the compiled hours read."""

from dataclasses import dataclass

import numpy as np

from pest_warning.dispersal import Splash, WindRain, wind_driven
from pest_warning.draws import drawn
from pest_warning.hourly import Model
from pest_warning.infection_response import (
    Magarey,
    Penetration,
    penetration_by_temperature,
    temperature_response,
)
from pest_warning.organism import Organism
from pest_warning.rates import GRID

WETNESS = ("humidity", "cart")


@dataclass(frozen=True)
class Table:
    """Models one below the other; `organisms` and `draw` say whose row is which, draw 0 being the file's values."""

    organisms: tuple[str, ...]  # of each row
    draw: np.ndarray  # of each row
    rows: np.ndarray  # (model, 8)
    responses: np.ndarray  # (model, 751)

    def of(self, key: str) -> np.ndarray:
        """Return which rows are the organism's."""
        return np.flatnonzero(np.array(self.organisms) == key)


def table(organisms: list[Organism], draws: int = 0, wetness: str = "humidity") -> Table:
    """Return the rows of infection organisms: of each its own values and as many draws as asked.

    Parameters
    ----------
    wetness : str
        Of `WETNESS`: what the hours count as wet. Odd draws take the other method, so that the doubt about wetness
        is in the spread.
    """
    rows, responses, owners, number = [], [], [], []
    for organism in organisms:
        for draw, (row, response) in enumerate(_of(organism, draws)):
            by_cart = (wetness == "cart") != (draw % 2 == 1)
            rows.append(row._replace(by_cart=float(by_cart)))
            responses.append(response)
            owners.append(organism.key)
            number.append(draw)
    return Table(
        tuple(owners), np.array(number, int), np.array(rows, float).reshape(-1, len(Model._fields)),
        np.array(responses, float).reshape(-1, len(GRID)),
    )  # fmt: skip


def driven(organism: Organism | None, gust, wind_in_canopy: float = 1.0) -> np.ndarray:
    """Return what rain and wind carry in each hour for the organism whose bacteria are blown; 0 without one."""
    gust = np.asarray(gust)
    if organism is None:
        return np.zeros_like(gust)
    wind = organism.parameters("dispersal", WindRain)
    blown = wind_driven(
        gust * wind_in_canopy, wind.slope, wind.cap, wind.reference, wind.boost, wind.boost_at, wind.boost_width
    )
    return np.asarray(blown).astype(gust.dtype)


def _of(organism: Organism, draws: int):
    if organism.model["response"] == "penetration":
        carried = drawn(organism, "dispersal", WindRain, draws)
        for response, wind in zip(drawn(organism, "infection", Penetration, draws), carried, strict=True):
            # numbers drawn apart would move the peak away from topt, and with it above 1
            q = response.p * (response.tmax - response.topt) / (response.topt - response.tmin)
            yield _penetrating(response._replace(q=q), wind)
    else:
        spread = drawn(organism, "dispersal", Splash, draws)
        for response, splash in zip(drawn(organism, "infection", Magarey, draws), spread, strict=True):
            yield _growing(response, splash)


def _growing(fungus: Magarey, splash: Splash):
    f = np.asarray(temperature_response(GRID, fungus.tmin, fungus.topt, fungus.tmax), float)
    dose = np.where(f > 0, np.maximum(f / fungus.wmin, 1.0 / fungus.wmax), 0.0)  # no longer than wmax at any warmth
    cap = max(fungus.wmax / fungus.wmin, 1.0)
    return Model(0.0, 0.0, cap, fungus.d50, splash.gate, splash.dry_share, 0.0, 0.0), dose


def _penetrating(bacterium: Penetration, wind: WindRain):
    b = bacterium
    factor = np.asarray(penetration_by_temperature(GRID, b.tmin, b.topt, b.tmax, b.p, b.q), float)
    return Model(1.0, 0.0, 1.0, b.reset, wind.gate, 0.0, float(np.exp(-b.k)), wind.later_share), factor
