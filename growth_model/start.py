"""Where a run begins: trees at rest, with the leaves, wood and stores of autumn."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from agro.soil.water_balance import Soil, depleted
from growth_model import nutrition
from growth_model.allocation import reserve_capacity
from growth_model.crop import PARAMETERS
from growth_model.lanes import names
from growth_model.orchard import FIELDS, assumed
from growth_model.stages import EVENTS
from growth_model.state import STATE

WINTER = 305  # day of year; from 1 November buds rest


@dataclass(frozen=True)
class State:
    """Where a run stands: trees, shape (site, member, `STATE`), and dates on the evening before `next_day`."""

    trees: np.ndarray
    dates: np.ndarray  # (site, member, season, event), d since first_day
    first_day: np.datetime64
    next_day: np.datetime64


def resting(sites, members, crops, places, first_day, stock=None):
    """Return the `State` of trees without fruit on the eve of `first_day`.

    Parameters
    ----------
    sites, members : int
    crops : ndarray, shape (site, member, parameter)
    places : ndarray, shape (site, field)
    first_day : datetime64[D]
        Buds count only if it lies between 1 November and the crop's start in January.
    stock : dict of array_like, shape (site,), optional
        `nitrogen`, `organic`, `phosphorus`, `potassium` within reach of roots. [kg ha-1]

    Returns
    -------
    State
    """

    def crop(name):
        return crops[..., PARAMETERS.index(name)]

    def place(name):
        return places[:, None, FIELDS.index(name)]

    tree = assumed("tree")
    within: dict = dict(assumed("stock"))
    within |= {name: np.asarray(value)[:, None] for name, value in (stock or {}).items()}
    leaf = crop("leaves.full_area") * crop("leaves.mass_per_area") * place("orchard.fullness")
    wood, root = leaf * tree["wood"], leaf * tree["root"]
    twig, coarse = leaf * tree["twig"], root * (1 - tree["fine_root"])
    water = depleted(Soil(*(place(f"soil.{name}") for name in names(Soil))), tree["depletion"])
    mass = nutrition.Organs(10 * leaf, 10 * twig, 10 * wood, 10 * root, 0.0)
    row: dict[str, Any] = dict.fromkeys(STATE, 0.0)
    row |= {
        name: np.nan
        for name in STATE
        if name.split(".")[0] in ("memory", "bud_dates", "growing_dates", "hanging_dates")
    }
    row |= {"memory.frost_fruit": 0.0, "memory.frost_leaf": 0.0}
    for fruit in ("growing", "hanging"):
        row |= {
            f"{fruit}.season": -1.0, f"{fruit}.diameter": crop("fruit.diameter_bloom"),
            f"{fruit}.sugar": crop("sugar.first"), f"{fruit}.acid": crop("acid.first"),
        }  # fmt: skip
    row |= {f"{flush}.leaf": leaf * tree[f"leaf_{flush}"] for flush in ("spring", "summer", "autumn")}
    row |= {f"{flush}.age": age for flush, age in (("spring", 150.0), ("summer", 90.0), ("autumn", 40.0))}
    row |= {
        "body.leaf": leaf * tree["leaf_old"], "body.twig": twig, "body.wood": wood, "body.coarse_root": coarse,
        "body.fine_root": root - coarse,
        "body.reserve": tree["reserve"] * reserve_capacity(twig + wood + coarse, crop("allocation.reserve_share")),
        **{f"water.{name}": value for name, value in water._asdict().items()},
        "nitrogen.mineral": within["nitrogen"], "nitrogen.organic": within["organic"],
        "phosphorus.mineral": within["phosphorus"], "potassium.mineral": within["potassium"],
        **{f"{name}.plant": plant(name, mass, crop) for name in nutrition.ELEMENTS},
        "bearing.resource": crop("alternate_bearing.first_reserve"), "bearing.load": tree["load"],
    }  # fmt: skip
    day_of_year = int((first_day - first_day.astype("M8[Y]").astype("M8[D]")).astype(int)) + 1
    november = str(first_day).endswith("-11-01")
    counting = (day_of_year > WINTER) | (day_of_year <= crop("bloom.start"))
    row |= {"buds.counting": counting & (not november), "buds.season": np.where(counting & (not november), 0.0, -1.0)}
    trees = np.stack([np.broadcast_to(row[name], (sites, members)) for name in STATE], axis=-1).astype(float)
    return State(trees, np.empty((sites, members, 0, len(EVENTS))), first_day, first_day)


def plant(element, mass, crop):
    """Return what trees hold of one element [kg ha-1] when their leaves are as the survey of the region found them."""
    content = nutrition.Organs(*(crop(f"{element}.content.{organ}") for organ in nutrition.Organs._fields))
    found = nutrition.parameters.section(nutrition.TABLE, "survey")[element].value
    return nutrition.content_of(mass, content) * found / content.leaf
