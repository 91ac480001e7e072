"""How good the warnings were: scores, calibrations and verdicts, from all that was said and then seen."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import rights
from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.pests import pairs as paired
from app.services.pests import scoring, standing
from app.services.pests.scoring import CELLS, REAL
from app.services.platform import Platform
from pest_warning import organism, outlook
from pest_warning.skill import Contingency, Gauge, Prices, gauge, return_per_hectare

KEPT = "pests.skill"


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
        Columns of `skill.scores`, the four cells, `n_density`, `n_persistence`, `state`, `zh`, `en`, and `weather`:
        "real", which is all but perfect weather, and each of `pairs.WEATHER`.
    reliability : DataFrame
        weather, organism, horizon and the columns of `reliability_diagram`.
    gauge : Gauge
        Of forecasts that were issued.
    verdicts : dict
        {"organism:horizon": verdict in force}; with `usual_now`, the frequency usual at this time of the year, and
        the `usual_level` that it stands for.
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
    calibrations = scoring.calibrations_of(real)
    real = scoring.with_usual(scoring.with_probabilities(real, calibrations))
    perfect = scoring.with_usual(scoring.with_probabilities(perfect, scoring.calibrations_of(perfect)))
    parts = dict(scoring.parts_of(real, perfect))
    told = scoring.stacked(parts, lambda pairs: scoring.scores_of(home, pairs))
    kept = {
        "at": home.store.clock().isoformat(), "counted": counted, "gauge": _plain(asdict(gauge(scoring.issued(real)))),
        "scores": _text(told), "years": _text(scoring.stacked(parts, scoring.by_year)),
        "reliability": _text(scoring.stacked(parts, scoring.reliability)),
    }  # fmt: skip
    standing.keep(home, calibrations, scoring.verdicts_of(real))
    home.store.save_setting(KEPT, kept, by=viewer)
    return told


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
    verdicts = {}
    for key, one in standing.verdicts(home, on).items():
        usual = standing.usual(one, on or date.fromisoformat(one["since"]))
        level = int(outlook.level_by_share(np.array([usual]), False)[0])
        verdicts[key] = one | {"usual_now": usual, "usual_level": level}
    return Told(
        at=kept.get("at"), on=on, scores=table, reliability=_of_visible(_read(home, "reliability"), table),
        gauge=_gauge(kept),
        verdicts={key: one for key, one in verdicts.items() if key in _named(table)},
        unscored=_unscored(home, every), hidden=len(every) - len(table),
    )  # fmt: skip


def pairs_of(home: Platform, key: str | None = None) -> pd.DataFrame:
    """Return the pairs with the probabilities that their seasons' calibrations give."""
    pairs = scoring.with_probabilities(paired.of_home(home), standing.calibrations(home))
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
