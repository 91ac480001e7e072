"""Forecasts beside what was then seen: each outlook of a plot in which somebody looked within its window."""

from datetime import date

import numpy as np
import pandas as pd

from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.pests import standing
from app.services.platform import Platform
from pest_warning import organism, outlook, timing
from pest_warning.mite import MiteThreshold
from pest_warning.organism import Check, Organism
from pest_warning.skill import COLUMNS, climatological_frequency, persistent_probability

BLOOM_DAY = 115  # day of the year that parts the thresholds before and after bloom
RHO = 0.8  # a week, of persistence; see skill.toml
DENSITY = {"density_p10": "weather_low", "density_p50": "index", "density_p90": "weather_high"}
WEATHER_ORDER = ("issued", "forecast", "years", "perfect")


def of_home(home: Platform, weather: tuple[str, ...] = ("issued", "forecast", "years")) -> pd.DataFrame:
    """Return the pairs of forecast and observation, columns of `skill.COLUMNS` and `weather`.

    An issued forecast goes before a replay of its day. What nobody may know of is not in it.
    """
    said = home.store.pest_forecasts(EVERYTHING)
    seen = home.store.counts(EVERYTHING)
    if not len(said) or not len(seen):
        return pd.DataFrame(columns=[*COLUMNS, "weather"])
    said = said[said["weather"].isin(weather)]
    said = said.assign(rank=said["weather"].map({name: k for k, name in enumerate(WEATHER_ORDER)}))
    said = said.sort_values("rank", kind="stable").drop_duplicates(["plot", "organism", "horizon", "issued"])
    seen = seen[~seen["organism"].isin(protection.secret())]
    plots = home.store.plots(EVERYTHING)
    district = dict(zip(plots["id"], plots["township"].fillna(""), strict=True))
    sprayed = home.store.treatments(EVERYTHING)
    found = [
        _of_organism(one, said[said["organism"] == one.key], seen[seen["organism"] == one.key], sprayed)
        for one in organism.catalogue()
    ]
    found = [part for part in found if len(part)]
    if not found:
        return pd.DataFrame(columns=[*COLUMNS, "weather"])
    pairs = pd.concat(found, ignore_index=True)
    pairs["district"] = pairs["plot"].map(district).fillna("")
    pairs["climatology"] = climatological_frequency(pairs, pairs)
    weeks = pairs["last_age"] / 7.0
    usual = pairs["climatology"]
    pairs["persistence"] = persistent_probability(pairs["last_event"], usual, weeks, RHO)
    return pairs[[*COLUMNS, "weather"]]


def _of_organism(one: Organism, said: pd.DataFrame, seen: pd.DataFrame, sprayed: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of one organism."""
    looked = _events(one, seen)
    if not len(said) or not len(looked):
        return pd.DataFrame()
    index = standing.scored_by(one.key, said)[0]
    said = said.assign(scored=index)[
        ["plot", "horizon", "issued", "weather", "level", "p", "scored", "index", "weather_low", "weather_high",
         "event",
         "date_p50"]
    ].reset_index(drop=True).reset_index(names="forecast")  # fmt: skip
    if one.engine == "timing":  # what is looked for in traps is the first event of the year
        said = said[said["event"] == timing.events(one)[0].key]
    both = said.drop(columns="event").merge(looked, on="plot")
    ahead = (both["date"] - both["issued"]).dt.days
    within = both[(ahead > 0) & (ahead <= both["horizon"])]
    if not len(within):
        return pd.DataFrame()
    # an untreated strip tells what would have come; where there is one, the sprayed part is not asked
    strip = within.groupby("forecast")["untreated"].transform("any")
    within = within[within["untreated"] | ~strip]
    came = within.groupby("forecast").agg(
        observed=("event", "any"),
        value=("value", "max"),
        untreated=("untreated", "any"),
        synthetic=("synthetic", "any"),
    )
    pairs = said.set_index("forecast").loc[came.index].assign(**came).reset_index()
    before = both[ahead <= 0].sort_values("date").drop_duplicates("forecast", keep="last").set_index("forecast")
    pairs["last_event"] = pairs["forecast"].map(before["event"].astype(float))
    pairs["last_age"] = (pairs["issued"] - pairs["forecast"].map(before["date"])).dt.days
    pairs["target_start"] = pairs["issued"] + pd.Timedelta(days=1)
    pairs["target_end"] = pairs["issued"] + pd.to_timedelta(pairs["horizon"], unit="D")
    density = one.engine == "population"
    return pairs.assign(
        organism=one.key, district="", year=pairs["issued"].dt.year, index=pairs["scored"].fillna(0.0),
        said=_said(one, pairs),
        treated=_treated(one, pairs, sprayed),
        **{name: pairs[column] if density else np.nan for name, column in DENSITY.items()},
    )  # fmt: skip


def _said(one: Organism, pairs: pd.DataFrame) -> pd.Series:
    """Return whether the warning was given: the level high, or of dates the middle one within the window."""
    if one.engine != "timing":
        return pairs["level"] >= outlook.HIGH
    day = pd.to_datetime(pairs["date_p50"])
    return (day > pairs["issued"]) & (day <= pairs["target_end"])


def _events(one: Organism, seen: pd.DataFrame) -> pd.DataFrame:
    """Return the looks that can tell whether the event came: plot, date, value, event, untreated, synthetic."""
    check: Check = one.check
    table = seen[(seen["method"] == check.method) & ~seen["conflict"]]
    column = {"mean": "mean", "share": "share", "catch": "catch"}[check.measure]
    table = table[table[column].notna()]
    day = pd.to_datetime(table["date"])
    bound = _bound(one, day)
    value = table[column].astype(float)
    event = value > 0 if check.measure == "catch" else value >= bound
    looks = pd.DataFrame({
        "plot": table["plot"], "date": day, "value": value, "event": event.to_numpy(bool),
        "untreated": table["treated"].eq(False).fillna(False).to_numpy(bool),
        "synthetic": table["synthetic"].to_numpy(bool),
    }).sort_values("date")  # fmt: skip
    if one.engine != "timing":
        return looks
    earlier = looks.groupby([looks["plot"], looks["date"].dt.year])["event"].cumsum() - looks["event"]
    return looks[earlier == 0]  # after the first find there is no first find to foresee


def _bound(one: Organism, day: pd.Series) -> np.ndarray:
    """Return what counts as an outbreak on each day."""
    if one.engine == "population" and one.model["family"] == "mite":
        bound = one.parameters("threshold", MiteThreshold)
        doy = day.dt.dayofyear.to_numpy()
        autumn = doy >= bound.autumn_from
        return np.where(autumn, bound.autumn, np.where(doy >= BLOOM_DAY, bound.after_bloom, bound.before_bloom))
    return np.full(len(day), one.check.threshold)


def _treated(one: Organism, pairs: pd.DataFrame, sprayed: pd.DataFrame) -> np.ndarray:
    """Return True where the plot was sprayed against the organism from two weeks before to the window's end.

    None where nobody wrote anything down for the plot that year: no record is no proof.
    """
    written = set(zip(sprayed["plot"], pd.to_datetime(sprayed["date"]).dt.year, strict=True))
    against = sprayed[[one.key in targets for targets in sprayed["targets"]]]
    days = {plot: np.sort(pd.to_datetime(some["date"]).to_numpy()) for plot, some in against.groupby("plot")}
    out: list[bool | None] = []
    for row in pairs.itertuples():
        if row.untreated:
            out.append(False)
            continue
        when = days.get(row.plot)
        hit = False
        if when is not None:
            first, last = np.datetime64(row.issued - pd.Timedelta(days=14)), np.datetime64(row.target_end)
            hit = bool(((when >= first) & (when <= last)).any())
        out.append(True if hit else (False if (row.plot, row.issued.year) in written else None))
    return np.array(out, dtype=object)


def years(pairs: pd.DataFrame) -> list[int]:
    """Return the years that pairs speak of."""
    return sorted(pairs["year"].unique().tolist()) if len(pairs) else []


def before(pairs: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the pairs whose window had ended by that day."""
    return pairs[pd.to_datetime(pairs["target_end"]) < pd.Timestamp(day)]
