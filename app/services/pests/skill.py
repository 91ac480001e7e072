"""How good the warnings were: scores, calibrations and verdicts, from all that was said and then seen."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import rights
from agro.store.disclosure import disclosed
from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.pests import pairs as paired
from app.services.pests import standing
from app.services.platform import Platform
from pest_warning import organism
from pest_warning.organism import HORIZONS
from pest_warning.skill import (
    Calibration,
    Contingency,
    Gauge,
    Prices,
    calibrate,
    censored,
    climatological_frequency,
    gauge,
    reliability_diagram,
    return_per_hectare,
)
from pest_warning.skill import scores as scored
from pest_warning.skill import verdict as judged

KEPT = "pests.skill"
REAL = "real"
"""All forecasts but those with perfect weather: what was issued, and replays of what could have been."""
KEYS = ["organism", "horizon", "district"]
CELLS = ("hits", "misses", "false_alarms", "correct_negatives")
HALF_MONTHS = (8, 23)  # the days of a month for which a usual frequency is kept


@dataclass(frozen=True)
class Told:
    """What may be said of how good the warnings were.

    Attributes
    ----------
    at : str or None
        When it was scored (ISO); None before the first time.
    on : date or None
        Day of the newest outlook, on which `verdicts` are in force.
    scores : DataFrame
        Columns of `skill.scores`, the four cells, `n_density`, `state`, `zh`, `en`, and `weather`: "real", which is
        all but perfect weather, and each of `pairs.WEATHER`.
    reliability : DataFrame
        weather, organism, horizon and the columns of `reliability_diagram`.
    gauge : Gauge
        Of forecasts that were issued.
    verdicts : dict
        {"organism:horizon": verdict in force}; with `usual_now`, the frequency usual at this time of the year.
    unscored : DataFrame
        organism, why (secret, no_counts, no_pairs), counts.
    hidden : int
        Rows of too few growers to be told to this viewer.
    """

    at: str | None = None
    on: date | None = None
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    reliability: pd.DataFrame = field(default_factory=pd.DataFrame)
    gauge: Gauge = field(default_factory=Gauge)
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    unscored: pd.DataFrame = field(default_factory=pd.DataFrame)
    hidden: int = 0


def refresh(viewer: Viewer, home: Platform) -> pd.DataFrame:
    """Score everything, fit calibrations and verdicts season by season, keep all of it; return the scores.

    A season's calibration and verdict come from the seasons before it only, and the probabilities that are scored for
    a season are that calibration's: nothing is judged on what it was fitted to.
    """
    rights.require(viewer, "run.start")
    counted = _counted(home)
    said = home.store.pest_forecasts(EVERYTHING)
    real, perfect = (paired.of_home(home, weather, said) for weather in (paired.REAL, ("perfect",)))
    calibrations = _calibrations(real)
    real, perfect = with_probabilities(real, calibrations), with_probabilities(perfect, _calibrations(perfect))
    parts = dict(_parts(real, perfect))
    told = pd.concat([_scores(home, one).assign(weather=name) for name, one in parts.items()] or [pd.DataFrame()])
    kept = {
        "at": home.store.clock().isoformat(), "counted": counted, "gauge": _plain(asdict(gauge(_issued(real)))),
        "scores": _text(told), "years": _text(_stacked(parts, _by_year)),
        "reliability": _text(_stacked(parts, _reliability)),
    }  # fmt: skip
    standing.keep(home, calibrations, _verdicts(real))
    home.store.save_setting(KEPT, kept, by=viewer)
    return told.reset_index(drop=True)


def stale(home: Platform) -> bool:
    """Return whether somebody counted, or took a count back, since the scores were made."""
    counted = _counted(home)
    return counted["n"] > 0 and counted != (home.store.setting(KEPT) or {}).get("counted")


def scored_at(viewer: Viewer, home: Platform) -> str:
    """Return what changes whenever scores are made: whoever keeps an answer puts it into the key."""
    rights.require(viewer, "pest.skill")
    return str((home.store.setting(KEPT) or {}).get("at", ""))


def scores(viewer: Viewer, home: Platform, weather: str = REAL) -> pd.DataFrame:
    """Return the newest scores by organism, horizon and district ("" for all); empty before the first.

    Rows of fewer than five growers are for who may see the plots behind them; single districts for who may see pest
    outlooks at all.
    """
    rights.require(viewer, "pest.skill")
    table = _visible(viewer, _read(home, "scores"))
    return table[table["weather"] == weather].reset_index(drop=True) if len(table) else table


def told(viewer: Viewer, home: Platform, at: str = "") -> Told:
    """Return all that the page tells; `at` is from `scored_at`, for who keeps the answer."""
    rights.require(viewer, "pest.skill")
    kept = home.store.setting(KEPT) or {}
    every = _read(home, "scores")
    table = _visible(viewer, every)
    days = home.store.pest_dates()
    on = days[0] if days else None
    verdicts = {
        key: one | {"usual_now": standing.usual(one, on or date.fromisoformat(one["since"]))}
        for key, one in standing.verdicts(home, on).items()
    }
    return Told(
        at=kept.get("at"), on=on, scores=table, reliability=_of_visible(_read(home, "reliability"), table),
        gauge=_gauge(kept),
        verdicts={key: one for key, one in verdicts.items() if key in _named(table)},
        unscored=_unscored(home, every), hidden=len(every) - len(table),
    )  # fmt: skip


def pairs_of(home: Platform, key: str | None = None) -> pd.DataFrame:
    """Return the pairs with the probabilities that their seasons' calibrations give."""
    pairs = with_probabilities(paired.of_home(home), standing.calibrations(home))
    return pairs if key is None else pairs[pairs["organism"] == key]


def table_of(viewer: Viewer, home: Platform, key: str, horizon: int, weather: str = REAL) -> Contingency:
    """Return hits, misses, false alarms and correct negatives of an organism at a horizon, each of shape (year,).

    Raises
    ------
    MissingDataError
        When nothing was scored, or too few growers stand behind it.
    """
    rights.require(viewer, "pest.skill")
    table = _of_visible(_read(home, "years"), _visible(viewer, _read(home, "scores")))
    if len(table):
        mine = (table["organism"] == key) & (table["horizon"] == horizon) & (table["weather"] == weather)
        table = table[mine]
    if not len(table):
        raise MissingDataError(f"no warning of {key} was scored yet", zh=f"还没有可评分的预警：{key}")
    return Contingency(*(table[name].to_numpy(float) for name in CELLS))


def worth(viewer: Viewer, home: Platform, key: str, horizon: int, spray: float, loss: float) -> pd.DataFrame:
    """Return what following the warnings is worth at the user's own prices [yuan per mu], with intervals over years.

    Parameters
    ----------
    spray, loss : float
        Cost of a spray, and of an outbreak that is not treated. [yuan per mu]
    """
    return return_per_hectare(table_of(viewer, home, key, horizon), Prices(spray=spray, loss=loss))


def reference(viewer: Viewer, home: Platform) -> Gauge:
    """Return the 80 % / 200 trials gauge: empty until forecasts that were issued meet untreated strips."""
    return told(viewer, home).gauge


def with_probabilities(pairs: pd.DataFrame, calibrations: dict[str, list[Calibration]]) -> pd.DataFrame:
    """Return pairs with the probability that the calibration of their season gives; NaN before the first."""
    pairs = pairs.assign(p=float("nan"))
    for key, seasons in calibrations.items():
        name, horizon = key.split(":")
        for one in seasons:
            year = int(str(one.valid_from)[:4])
            rows = (pairs["organism"] == name) & (pairs["horizon"] == int(horizon)) & (pairs["year"] == year)
            if rows.any():
                pairs.loc[rows, "p"] = one.predict(pairs.loc[rows, ["index", "issued"]])
    return pairs


def _seasons(pairs: pd.DataFrame) -> list[date]:
    """Return the days from which what earlier seasons taught is in force, the season to come among them."""
    seasons = paired.years(pairs)
    return [date(year, 1, 1) for year in [*seasons[1:], seasons[-1] + 1]] if seasons else []


def _calibrations(pairs: pd.DataFrame) -> dict[str, list[Calibration]]:
    found: dict[str, list[Calibration]] = {}
    for one in organism.catalogue():
        link = "log" if one.engine == "infection" else "logit"
        for horizon in HORIZONS:
            some = pairs[(pairs["organism"] == one.key) & (pairs["horizon"] == horizon)]
            fits = [calibrate(some, day, link) for day in _seasons(pairs)] if len(some) else []
            if known := [fit for fit in fits if fit is not None]:
                found[f"{one.key}:{horizon}"] = known
    return found


def _verdicts(pairs: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the verdicts of each season, from the windows that had ended before it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for day in _seasons(pairs):
        earlier = paired.before(pairs, day)
        if not len(earlier):
            continue
        frozen = judged(scored(earlier))
        for row in frozen[frozen["district"] == ""].itertuples():
            some = earlier[(earlier["organism"] == row.organism) & (earlier["horizon"] == row.horizon)]
            told = some[~censored(some)]
            found.setdefault(f"{row.organism}:{row.horizon}", []).append({
                "state": str(row.state), "zh": row.zh, "en": row.en, "since": day.isoformat(),
                "base_rate": float(told["observed"].mean()) if len(told) else 0.0, "usual": _usual(told, day.year),
            })  # fmt: skip
    return found


def _usual(pairs: pd.DataFrame, year: int) -> list[list[float | None]]:
    """Return pairs of a day of the year and how often the event was usual in windows issued about then, at all sites.

    None where nobody ever looked at that time of the year.
    """
    if not len(pairs):
        return []
    days = pd.DatetimeIndex([date(year, month, day) for month in range(1, 13) for day in HALF_MONTHS])
    asked = pd.DataFrame({"plot": "", "organism": pairs["organism"].iloc[0], "horizon": pairs["horizon"].iloc[0],
                          "year": year, "issued": days})  # fmt: skip
    found = climatological_frequency(pairs, asked)
    return [
        [int(day), None if np.isnan(one) else round(float(one), 4)]
        for day, one in zip(days.day_of_year, found, strict=True)
    ]


def _issued(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what was said on its day: a replay was made by who knew how it ended, and is no trial."""
    return pairs[pairs["weather"] == "issued"]


def _parts(real: pd.DataFrame, perfect: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the pairs by what the forecasts knew of the weather, those that there are."""
    whole = [(REAL, real), *((name, real[real["weather"] == name]) for name in paired.REAL), ("perfect", perfect)]
    return ((name, one) for name, one in whole if len(one))


def _scores(home: Platform, pairs: pd.DataFrame) -> pd.DataFrame:
    table = scored(pairs)
    table = table.drop(columns="verdict").merge(judged(table), on=KEYS)
    kept = pairs[~censored(pairs)]
    cells = _cells(kept).assign(n_density=np.isfinite(kept[["density_p10", "density_p50", "density_p90"]]).all(axis=1))
    sums = [
        cells.assign(district="").groupby(KEYS).sum(numeric_only=True),
        cells[cells["district"] != ""].groupby(KEYS).sum(numeric_only=True),
    ]
    counts = pd.concat(sums)[[*CELLS, "n_density"]].astype(int).reset_index()
    table = table.merge(counts, on=KEYS, how="left").fillna(dict.fromkeys([*CELLS, "n_density"], 0))
    return table.merge(_growers(home, pairs), on=KEYS, how="left")


def _cells(pairs: pd.DataFrame) -> pd.DataFrame:
    said, came = pairs["said"].to_numpy(bool), pairs["observed"].to_numpy(bool)
    values = (said & came, ~said & came, said & ~came, ~said & ~came)
    return pairs[[*KEYS, "year"]].assign(**dict(zip(CELLS, values, strict=True)))


def _growers(home: Platform, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each row of a score table whether at least five growers stand behind it, else whose they are."""
    plots = home.store.plots(EVERYTHING)[["id", "farm", "area"]].rename(columns={"id": "plot"})
    behind = pairs[[*KEYS, "plot"]].drop_duplicates().merge(plots, on="plot")
    rows = []
    for (name, horizon), some in behind.groupby(["organism", "horizon"]):
        for cell, table in (("", some.assign(district="")), (None, some)):
            safe = set(disclosed(table, "district")["district"])
            for district, one in table.groupby("district"):
                if cell == "" or district:
                    farms = "|".join(sorted(set(one["farm"].astype(str))))
                    rows.append((name, horizon, district, district in safe, "" if district in safe else farms))
    return pd.DataFrame(rows, columns=[*KEYS, "open", "farms"])


def _by_year(pairs: pd.DataFrame) -> pd.DataFrame:
    cells = _cells(pairs[~censored(pairs)])
    return cells.groupby(["organism", "horizon", "year"])[list(CELLS)].sum().astype(int).reset_index()


def _reliability(pairs: pd.DataFrame) -> pd.DataFrame:
    kept = pairs[~censored(pairs) & np.isfinite(pairs["p"].to_numpy(float))]
    found = [
        reliability_diagram(some["p"], some["observed"], some["year"]).assign(organism=name, horizon=horizon)
        for (name, horizon), some in kept.groupby(["organism", "horizon"])
    ]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _stacked(parts: dict[str, pd.DataFrame], of: Any) -> pd.DataFrame:
    found = [of(one).assign(weather=name) for name, one in parts.items()]
    found = [one for one in found if len(one)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _visible(viewer: Viewer, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a score table that may be told to the viewer."""
    if not len(table):
        return table
    if rights.reach(viewer.role, "pest.read") != "region":
        own = [bool(farms) and set(farms.split("|")) <= set(viewer.farms) for farms in table["farms"]]
        shown = table["open"].to_numpy(bool) | own
        if not (rights.allowed(viewer, "pest.read") or rights.allowed(viewer, "pest.sum")):
            shown &= table["district"].to_numpy() == ""
        table = table[shown]
    return table.drop(columns=["open", "farms"]).reset_index(drop=True)


def _of_visible(table: pd.DataFrame, visible: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a table over all districts whose scores may be told."""
    if not len(table) or not len(visible):
        return table.iloc[:0]
    whole = visible.loc[visible["district"] == "", ["organism", "horizon", "weather"]]
    return table.merge(whole, on=["organism", "horizon", "weather"])


def _named(table: pd.DataFrame) -> set[str]:
    return {f"{row.organism}:{row.horizon}" for row in table.itertuples()} if len(table) else set()


def _unscored(home: Platform, table: pd.DataFrame) -> pd.DataFrame:
    """Return the organisms without a score, and why."""
    done = set(table["organism"]) if len(table) else set()
    names = [one.key for one in organism.catalogue() if one.key not in done]
    counts = paired.counted(home, names)
    hushed = protection.secret()
    rows = [
        (name, "secret" if name in hushed else "no_pairs" if counts[name] else "no_counts", counts[name])
        for name in names
    ]
    return pd.DataFrame(rows, columns=["organism", "why", "counts"])


def _counted(home: Platform) -> dict[str, Any]:
    """Return what changes with every count that is added or taken back."""
    created = home.store.counts(EVERYTHING)["created"].dropna()
    return {"n": len(created), "newest": str(created.max()) if len(created) else ""}


def _gauge(kept: dict[str, Any]) -> Gauge:
    entries = dict(kept.get("gauge", {}))
    if entries.get("base_rate") is None:
        entries.pop("base_rate", None)
    return Gauge(**entries)


def _text(table: pd.DataFrame) -> str:
    return table.to_json(orient="records", double_precision=6, date_format="iso") if len(table) else ""


def _read(home: Platform, name: str) -> pd.DataFrame:
    text = (home.store.setting(KEPT) or {}).get(name)
    if not text:
        return pd.DataFrame()
    table = pd.DataFrame(json.loads(text))
    worded = [name for name in table if table[name].map(lambda one: isinstance(one, str)).any()]
    return table.assign(**{name: pd.to_numeric(table[name]) for name in table if name not in worded})


def _plain(entries: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(one, float) and np.isnan(one) else one for name, one in entries.items()}
