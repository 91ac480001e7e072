"""Rows of `Place` from what is known of plots: terrain, trees, soil; what nobody told is assumed."""

from functools import cache
from pathlib import Path

import numpy as np

from agro import parameters
from agro.soil import crop_coefficient, hydraulics, runoff, water_balance
from agro.weather.evapotranspiration import pressure_at
from growth_model.canopy import diffuse_cover
from growth_model.lanes import names
from growth_model.place import Place

FILE = Path(__file__).with_name("orchard.toml")
FIELDS = names(Place)


@cache
def assumed(section: str) -> dict[str, float]:
    """Return {name: value} of one section of what is assumed where nobody told."""
    return {name: float(entry.value) for name, entry in parameters.section(FILE, section).items()}


def fullness(age):
    """Return the share of the full leaf area that trees of `age` [yr] carry; NaN counts as full.

    >>> float(fullness(3.0).round(2))
    0.47
    """
    rows = assumed("rows")
    grown = rows["youngest"] + (1 - rows["youngest"]) * np.asarray(age, float) / rows["full_age"]
    return np.where(np.isnan(age), 1.0, np.clip(grown, rows["youngest"], 1.0))


def place_rows(**known) -> np.ndarray:
    """Return rows of `Place`, shape (site, field), float64.

    Parameters
    ----------
    **known : array_like, shape (site,) or ()
        Any of: `elevation` [m], `rise` [m] above the height of the weather, `cold`, `sky_view`, `summer_beam`,
        `winter_beam` [1]; `slope`, `aspect` [degrees]; `stands_for_several` (True: the hourly beam is that of flat
        ground times the day's ratio, as the place has no slope of its own); `age` [yr], `spacing`, `width`, `height`
        [m] of rows, `azimuth` [degrees] of rows; `bloom_seen` [d since the first day]; `field_capacity`,
        `wilting_point` [m3 m-3] of the soil without stones, `stones` [1], `depth` [m]; `sward`, `mulched`,
        `terrace` [1]; `acidity` (pH); `efficiency`, `irrigated` [1]. NaN and what is left out are assumed.

    Raises
    ------
    ValueError
        For a name that is not known.
    """
    soil, site = hydraulics.unknown_soil(), hydraulics.unknown_place()
    hose = water_balance.system("hose")
    usual = {
        "elevation": 300.0, "rise": 0.0, "cold": 0.0, "sky_view": 1.0, "summer_beam": 1.0, "winter_beam": 1.0,
        "slope": 0.0, "aspect": 0.0, "stands_for_several": False, "age": np.nan, "bloom_seen": np.nan,
        **{name: assumed("rows")[name] for name in ("spacing", "width", "height")}, "azimuth": np.nan,
        "field_capacity": soil.field_capacity, "wilting_point": soil.wilting_point, "stones": site.stones,
        "depth": site.depth, **assumed("ground"), "efficiency": hose.efficiency, "irrigated": hose.irrigated,
    }  # fmt: skip
    if unknown := sorted(set(known) - set(usual)):
        raise ValueError(f"nothing called {', '.join(unknown)} is known of a place; known: {', '.join(sorted(usual))}")
    arrays = np.broadcast_arrays(*(np.atleast_1d(known.get(name, value)) for name, value in usual.items()))
    at = dict(zip(usual, arrays, strict=True))
    for name, value in usual.items():
        if at[name].dtype.kind == "f" and not np.isnan(value):
            at[name] = np.where(np.isnan(at[name]), value, at[name])
    rows = {**_terrain(at), **_orchard(at), **_ground(at)}
    return np.stack([np.broadcast_to(rows[name], at["slope"].shape) for name in FIELDS], axis=1).astype(float)


def _terrain(at):
    steep, faces = np.radians(at["slope"].astype(float)), np.radians(np.nan_to_num(at["aspect"].astype(float)))
    alone = ~at["stands_for_several"].astype(bool)
    area = 1 / np.cos(steep)
    return {
        "terrain.rise": at["rise"], "terrain.cold": at["cold"], "terrain.sky_view": at["sky_view"],
        "terrain.summer_beam": at["summer_beam"], "terrain.winter_beam": at["winter_beam"],
        "terrain.east": np.where(alone, np.tan(steep) * np.sin(faces), 0.0),
        "terrain.north": np.where(alone, np.tan(steep) * np.cos(faces), 0.0),
        "terrain.up_summer": np.where(alone, 1.0, at["summer_beam"] * area),
        "terrain.up_winter": np.where(alone, 1.0, at["winter_beam"] * area),
        "terrain.area": area, "terrain.pressure": pressure_at(at["elevation"]),
        "terrain.clear": 0.75 + 2e-5 * at["elevation"],
    }  # fmt: skip


def _orchard(at):
    along = np.where(np.isnan(at["azimuth"]), assumed("rows")["azimuth"], at["azimuth"])
    contour = (at["slope"] >= 5.0) & np.isnan(at["azimuth"])  # terraces run along the slope
    along = np.radians(np.where(contour, np.nan_to_num(at["aspect"]) + 90.0, along))
    width = np.minimum(at["width"], at["spacing"] * 0.95) * np.sqrt(fullness(at["age"]))
    alley = at["spacing"] - width
    return {
        "orchard.row_east": np.sin(along), "orchard.row_north": np.cos(along), "orchard.width": width,
        "orchard.height": at["height"] * np.sqrt(fullness(at["age"])), "orchard.alley": alley,
        "orchard.cover_sky": diffuse_cover(width, at["height"], alley),
        "orchard.cover": width / at["spacing"], "orchard.fullness": fullness(at["age"]),
        "orchard.bloom_seen": at["bloom_seen"],
    }  # fmt: skip


def _ground(at):
    fine = hydraulics.Retention(at["wilting_point"], at["field_capacity"], at["field_capacity"])
    held = hydraulics.with_stones(fine, at["stones"])
    soil = water_balance.layered(held.field_capacity, held.wilting_point, at["depth"], water_balance.layers())
    curves = runoff.curve_numbers(
        runoff.orchard_curve_number(), np.tan(np.radians(at["slope"].astype(float))), runoff.steep_ground()
    )
    basal = crop_coefficient.basal_coefficients(at["width"] / at["spacing"], at["sward"], at["height"])
    ground = water_balance.Ground(
        curves.dry, curves.wet, at["terrace"], at["mulched"], at["efficiency"], at["irrigated"]
    )
    return {
        **{f"soil.{name}": value for name, value in soil._asdict().items()},
        **{f"ground.{name}": value for name, value in ground._asdict().items()},
        **{f"basal.{name}": value for name, value in basal._asdict().items()},
        "rooting": 1000 * held.field_capacity * at["depth"],
        "acidity": at["acidity"],
    }
