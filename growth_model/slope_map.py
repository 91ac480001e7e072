"""A mountain cell by cell: when each cell of a terrain blooms and ripens, and how far it runs behind the valley."""

from collections.abc import Callable, Mapping

import numpy as np
import rioxarray  # noqa: F401
import xarray as xr

from agro.terrain import slope_light
from agro.terrain.site_weather import coldness
from growth_model import delay, engine
from growth_model.orchard import place_rows
from growth_model.stages import EVENTS

TREES = 2_048
"""Trees (cells times members) at a time: their days take some 50 MB."""

BEHIND = "ratio_12"
"""Days behind the valley are counted on one mark of taste for all cultivars; colour may come earlier higher up."""

SOLSTICES = {"summer_beam": 172, "winter_beam": 355}  # day of year
MOST_BEAM = 2.4  # beam on a slope over that on flat ground, where a low winter sun would give more
FLAT = {"sky_view": 1.0, "summer_beam": 1.0, "winter_beam": 1.0, "slope": 0.0, "aspect": 0.0}
LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
DATES = {"bloom": "65", "maturity": "83", "ripe": BEHIND}
"""Name of a map: the event it shows."""

FRUIT = ("tree.growing.season", "tree.growing.diameter", "tree.hanging.season", "tree.hanging.diameter")
ABOUT = {
    "bloom": "full bloom (BBCH 65)",
    "maturity": "ripe for picking, colour and taste (BBCH 83)",
    "ripe": "sugar to acid reaches 12",
    "delay": "days behind flat open ground on the valley floor, at a sugar to acid ratio of 12",
    "diameter": "fruit diameter at the end of growth",
    "delay_elevation": "share of elevation in the delay",
    "delay_sun": "share of slope, aspect, horizon and sky in the delay",
    "delay_cold": "share of cold air in the delay",
}


def slope_map(
    terrain: xr.Dataset,
    weather: np.ndarray,
    first_day,
    weather_elevation,
    crops: np.ndarray,
    latitude: float,
    year: int,
    *,
    cell=0,
    floor: float | None = None,
    trees: Mapping[str, float] | None = None,
    works: np.ndarray | None = None,
    causes: bool = False,
    parallel: bool = False,
    dtype=np.float32,
    progress: Callable[..., None] = lambda done, total, note="": None,
) -> xr.Dataset:
    """Return bloom, maturity, fruit size and days behind the valley of every cell of a terrain.

    Each cell is a site of its own, with its own plane, horizon, sky and place in the cold pool; nothing is rounded or
    shared between cells.

    Parameters
    ----------
    terrain : Dataset, dims (y, x) and (direction, y, x)
        As from `agro.terrain.dem.terrain` or `agro.terrain.window.terrain_window`.
    weather : ndarray, shape (cell, member, day, field)
        Of weather cells, as `growth_model.weather.rows` gives it.
    first_day : datetime64 or str
        Of the weather.
    weather_elevation : array_like, shape (cell,)
        Height for which the weather holds. [m]
    crops : ndarray, shape (member, parameter)
        `Cultivar.row[None]` or `perturbed`; one row serves all members of the weather.
    latitude : float
        [degrees north]
    year : int
        Of the bloom that the map tells of.
    cell : array_like of int, shape (y, x) or ()
        The weather cell of each cell of the terrain.
    floor : float, optional
        Height of the region's valley floor, against which delays count; by default the lowest tenth of the floors
        below the window. [m]
    trees : dict, optional
        What else `place_rows` knows of an orchard, as age, spacing, depth; the same for all cells.
    works : ndarray, shape (day, field), optional
        Of `growth_model.works`; by default nobody does anything.
    causes : bool
        Split the delay by Shapley values, for a single member; six more runs of every cell.
    parallel : bool
        On all cores; only in the worker process and the command line.
    dtype : float32 or float64
        Of the arithmetic.
    progress : callable
        Of cells done, of all, and a word.

    Returns
    -------
    Dataset, dims (y, x), or (level, y, x) with P10, P50 and P90 where there are several members
        bloom, maturity, ripe (days since `first_day`, as their units say), delay [d], diameter [mm], and with
        `causes` delay_elevation, delay_sun, delay_cold [d]. NaN outside the terrain, and where a date does not come
        before the weather ends; a member without a date counts as later than every other.

    Raises
    ------
    ValueError
        When `causes` are asked of several members, whose shares do not add up, or the year is not in the weather.
    """
    members = max(weather.shape[1], crops.shape[0])
    if causes and members > 1:
        raise ValueError(f"causes need a single member, got {members}: shares of quantiles do not add up")
    first_day = np.datetime64(first_day, "D")
    season = year - first_bloom_year(first_day)
    known = np.flatnonzero(np.isfinite(terrain["elevation"].to_numpy()).ravel())
    height = np.atleast_1d(np.asarray(weather_elevation, float))
    number = np.broadcast_to(np.asarray(cell, int), terrain["elevation"].shape).ravel()
    low = floor if floor is not None else float(np.nanquantile(terrain["valley_floor"].to_numpy(), 0.1))
    common = {"crops": crops, "latitude": latitude, "season": season, "works": works, "dtype": dtype}
    weathers = weather, first_day, height

    def grown(place, horizons, cells, diameter=False):
        return _grown(weathers, place | dict(trees or {}), horizons, cells, diameter, parallel=parallel, **common)

    used = np.unique(number)
    valley = np.full((len(height), members), np.nan)
    valley[used] = grown({"elevation": np.full(len(used), low), "cold": 1.0} | FLAT, None, used)[BEHIND]
    maps: dict[str, np.ndarray] = {}
    step = max(TREES // members, 1)
    for start in range(0, len(known), step):
        some = known[start : start + step]
        place, around = places(terrain, some, latitude)
        found = grown(place, around, number[some], diameter=True)
        told = {name: found[event] for name, event in DATES.items()} | {"diameter": found["diameter"]}
        told["delay"] = found[BEHIND] - valley[number[some]]
        if causes:
            told |= _causes(grown, place, around, number[some], low, found[BEHIND], valley[number[some]])
        for name, values in told.items():
            if name not in maps:
                maps[name] = np.full((len(LEVELS) if members > 1 else 1, number.size), np.nan, np.float32)
            maps[name][:, some] = values.T if members == 1 else quantiles(values)
        progress(min(start + step, len(known)), len(known), "坡地图 slope map")
    return _labelled(maps, terrain, first_day, members, low, year)


def first_bloom_year(first_day) -> int:
    """Return the year of the first bloom after `first_day`: that of season 0 of a run."""
    day = np.datetime64(first_day, "D")
    year, month = day.astype("M8[Y]").astype(int) + 1970, day.astype("M8[M]").astype(int) % 12 + 1
    return int(year + (month >= 11))


def places(terrain: xr.Dataset, cells: np.ndarray, latitude: float) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return what `place_rows` wants to know of some cells of a terrain, and their horizons, shape (cell, direction).

    Parameters
    ----------
    terrain : Dataset, dims (y, x) and (direction, y, x)
    cells : ndarray of int
        Numbers of cells, row by row.
    latitude : float
        [degrees north]
    """
    at = {name: terrain[name].to_numpy().ravel()[cells].astype(float) for name in ("elevation", "slope", "sky_view")}
    at["aspect"] = np.nan_to_num(terrain["aspect"].to_numpy().ravel()[cells].astype(float))
    at["cold"] = coldness(terrain["height_above_valley"].to_numpy().ravel()[cells].astype(float))
    around = terrain["horizon"].transpose("direction", "y", "x").to_numpy()
    around = np.nan_to_num(around.reshape(len(around), -1)[:, cells].astype(float))
    beams = slope_light.beam_ratio(latitude, at["slope"], at["aspect"], around, np.array(list(SOLSTICES.values())))
    at |= {name: np.clip(beam, 0.0, MOST_BEAM) for name, beam in zip(SOLSTICES, beams.T, strict=True)}
    return at, around.T


def quantiles(values: np.ndarray) -> np.ndarray:
    """Return P10, P50 and P90 over the members of (cell, member); NaN counts as later than every other."""
    ranked = np.sort(values, axis=1)  # NaN last
    place = np.array(list(LEVELS.values())) * (values.shape[1] - 1)
    low = np.floor(place).astype(int)
    share = place - low
    high = ranked[:, np.minimum(low + 1, values.shape[1] - 1)]
    return np.where(share > 0, ranked[:, low] * (1 - share) + high * share, ranked[:, low]).T


def _grown(weathers, place, horizons, cells, diameter, *, crops, latitude, season, works, dtype, parallel):
    """Return {event: (place, member)} of one season, and "diameter" where asked for."""
    weather, first_day, height = weathers
    rows = place_rows(rise=place["elevation"] - height[cells], **place)
    run = engine.run(
        weather, rows, crops[None], first_day, latitude, cell=cells, horizons=horizons,
        works=None if works is None else works[None], window=None if diameter else (0, 0),
        shown=FRUIT if diameter else (), dtype=dtype, parallel=parallel,
    )  # fmt: skip
    if not 0 <= season < run.dates.shape[2]:
        first = first_bloom_year(first_day)
        raise ValueError(f"year must lie in {first} to {first + run.dates.shape[2] - 1}, got {first + season}")
    found = {event: run.dates[:, :, season, EVENTS.index(event)] for event in set(DATES.values())}
    if diameter:
        growing, size, hanging, kept = (run.daily[..., k] for k in range(len(FRUIT)))
        most = np.maximum(np.where(growing == season, size, -1.0), np.where(hanging == season, kept, -1.0)).max(axis=2)
        found["diameter"] = np.where(most > 0, most, np.nan)
    return found


def _causes(grown, place, around, cells, floor, own, valley):
    """Return the share of each cause in the delay; `own` and `valley` are the two ends, known already."""
    dates = {frozenset(delay.CAUSES): own, frozenset(): valley}
    count = len(cells)
    for variant in delay.variants():
        if variant in dates:
            continue
        there = dict(place)
        if "elevation" not in variant:
            there["elevation"] = np.full(count, floor)
        if "sun" not in variant:
            there |= {name: np.full(count, value) for name, value in FLAT.items()}
        if "cold" not in variant:
            there["cold"] = np.ones(count)
        dates[variant] = grown(there, around if "sun" in variant else None, cells)[BEHIND]
    return {f"delay_{cause}": share for cause, share in delay.shapley(dates).items()}


def _labelled(maps, terrain, first_day, members, floor, year) -> xr.Dataset:
    units = dict.fromkeys(DATES, f"days since {first_day}") | {"diameter": "mm"}
    shape = terrain["elevation"].shape
    several = members > 1
    dims = ("level", "y", "x") if several else ("y", "x")
    layers = {
        name: (
            dims,
            values.reshape(len(values), *shape) if several else values.reshape(shape),
            {"units": units.get(name, "d"), "long_name": ABOUT[name]},
        )
        for name, values in maps.items()
    }
    coords = {"y": terrain["y"].to_numpy(), "x": terrain["x"].to_numpy()} | ({"level": list(LEVELS)} if several else {})
    about = {"valley_floor": floor, "members": members, "bloom_year": year, "evidence": "none"}
    kept = {name: terrain.attrs[name] for name in ("source_resolution", "resampling") if name in terrain.attrs}
    made = xr.Dataset(layers, coords, about | kept)
    return made if terrain.rio.crs is None else made.rio.write_crs(terrain.rio.crs)
