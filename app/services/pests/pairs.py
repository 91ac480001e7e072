"""Forecasts beside what was then seen: each outlook of a plot throughout whose window somebody looked."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd

from agro import parameters
from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.pests import records, standing
from app.services.platform import Platform
from pest_warning import organism, outlook, timing
from pest_warning.mite import MiteThreshold
from pest_warning.organism import Organism
from pest_warning.skill import COLUMNS, censored, climatological_frequency, persistent_probability
from pest_warning.skill.rules import BASELINE

FILE = Path(__file__).with_suffix(".toml")
DENSITY = {"density_p10": "weather_low", "density_p50": "index", "density_p90": "weather_high"}
WEATHER = ("issued", "forecast", "years", "perfect")
"""What a forecast knew of the days ahead, the most telling first; "perfect" measures the model, not the forecast."""
REAL = WEATHER[:3]
SOME = 50  # plots at a time: every forecast of a plot meets every look at it
ON_TRAPS = ("trap", "tape")  # what tells the day on which something comes
PAIR_COLUMNS = (*COLUMNS, "weather")


class Pairing(NamedTuple):
    """Which looks tell of a window."""

    latency: Annotated[float, "d"]
    gap: Annotated[float, "d"]
    bloom: Annotated[float, "d"]
    before: Annotated[float, "d"]


def of_home(home: Platform, weather: tuple[str, ...] = REAL, said: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the pairs of forecast and observation, columns of `PAIR_COLUMNS`; p is for who has a calibration.

    Of the forecasts of one day the most telling one of `weather` counts; `said` are all that are kept, where they were
    read already. What nobody may know of is not in it.
    """
    said = home.store.pest_forecasts(EVERYTHING) if said is None else said
    seen = home.store.counts(EVERYTHING)
    if not len(said) or not len(seen):
        return nothing()
    known_until = max(said["issued"].max(), pd.to_datetime(seen["date"]).max())
    said = said[said["weather"].isin(weather)]
    said = said.assign(rank=said["weather"].map({name: k for k, name in enumerate(WEATHER)}))
    said = said.sort_values("rank", kind="stable").drop_duplicates(["plot", "organism", "horizon", "issued"])
    seen = seen[~seen["organism"].isin(protection.secret())]
    plots = home.store.plots(EVERYTHING)
    district = dict(zip(plots["id"], plots["township"].fillna(""), strict=True))
    sprayed = home.store.treatments(EVERYTHING)
    return of_tables(said, seen, sprayed, district, known_until)


def nothing() -> pd.DataFrame:
    """Return a table of pairs without any."""
    return pd.DataFrame(columns=list(PAIR_COLUMNS))


def of_tables(
    said: pd.DataFrame, seen: pd.DataFrame, sprayed: pd.DataFrame, district: dict[str, str], known_until: pd.Timestamp
) -> pd.DataFrame:
    """Return the pairs of some forecasts and counts, columns of `PAIR_COLUMNS`.

    Parameters
    ----------
    said : DataFrame
        One forecast a plot, organism, horizon and day of issue: `outlook.COLUMNS`, `issued` and `weather`.
    seen, sprayed : DataFrame
        As the store tells counts and treatments.
    district : dict
        {plot: township}
    known_until : Timestamp
        Windows that end later have not come to their end.

    Notes
    -----
    A window counts when somebody looked throughout it, whatever was found: no longer than `gap` days without a look.
    Lesions stay, so that of diseases one look near the end is enough; and they show late, so that their window is
    looked at `latency` days later. What cannot be computed or must not be said at a horizon is not scored.
    """
    found = [
        _of_organism(one, said[said["organism"] == one.key], seen[seen["organism"] == one.key], sprayed, known_until)
        for one in organism.catalogue()
    ]
    found = [part for part in found if len(part)]
    if not found:
        return nothing()
    pairs = pd.concat(found, ignore_index=True)
    pairs["district"] = pairs["plot"].map(district).fillna("")
    pairs["climatology"] = climatological_frequency(pairs[~censored(pairs)], pairs)
    weeks = (pairs["last_age"] + pairs["horizon"] / 2.0) / 7.0  # to the middle of the window
    pairs["persistence"] = persistent_probability(pairs["last_event"], pairs["climatology"], weeks, BASELINE.rho_week)
    return pairs[list(PAIR_COLUMNS)]


def rules() -> Pairing:
    """Return which looks tell of a window."""
    return parameters.load(FILE, "pairing", Pairing)


def _of_organism(
    one: Organism, said: pd.DataFrame, seen: pd.DataFrame, sprayed: pd.DataFrame, known_until: pd.Timestamp
) -> pd.DataFrame:
    """Return the pairs of one organism."""
    looked = _events(one, seen)
    silent = [horizon for horizon, product in one.products.items() if product == "nothing"]
    said = said[(said["level"] != outlook.CANNOT) & ~said["horizon"].isin(silent)]
    if one.engine == "timing":  # what traps tell is the first event of the year
        said = said[said["event"] == timing.events(one)[0].key]
    said = said[said["plot"].isin(looked["plot"])]
    plots = said["plot"].unique()
    parts = [
        _of_plots(one, said[said["plot"].isin(plots[k : k + SOME])], looked, known_until)
        for k in range(0, len(plots), SOME)
    ]
    parts = [part for part in parts if len(part)]
    if not parts:
        return pd.DataFrame()
    pairs = pd.concat(parts, ignore_index=True)
    density = one.engine == "population" and one.model["family"] != "arrival"  # else index and count differ in unit
    return pairs.assign(
        organism=one.key, district="", year=pairs["issued"].dt.year, p=np.nan, said=_said(one, pairs),
        treated=_treated(one, pairs, sprayed),
        **{name: pairs[column] if density else np.nan for name, column in DENSITY.items()},
    ).assign(index=pairs["scored"])  # fmt: skip


def _of_plots(one: Organism, said: pd.DataFrame, looked: pd.DataFrame, known_until: pd.Timestamp) -> pd.DataFrame:
    """Return the forecasts of some plots whose windows were looked at, with what was found."""
    wait = pd.Timedelta(days=rules().latency if one.engine == "infection" else 0.0)
    said = said.assign(scored=standing.scored_by(one.key, said)[0])[
        ["plot", "horizon", "issued", "weather", "level", "scored", "index", "weather_low", "weather_high", "date_p50"]
    ].reset_index(drop=True)  # fmt: skip
    said["target_start"] = said["issued"] + pd.Timedelta(days=1)
    said["target_end"] = said["issued"] + pd.to_timedelta(said["horizon"], unit="D") + wait
    said = said[said["target_end"] <= known_until].reset_index(drop=True).reset_index(names="forecast")
    both = said[["forecast", "plot", "issued", "target_end"]].merge(looked, on="plot")
    within = both[(both["date"] > both["issued"] + wait) & (both["date"] <= both["target_end"])]
    if not len(within):
        return pd.DataFrame()
    # an untreated strip tells what would have come; where there is one, the sprayed part is not asked
    strip = within.groupby("forecast")["untreated"].transform("any")
    within = within[within["untreated"] | ~strip]
    within = within[within["forecast"].isin(_covered(within, wait, lasting=one.engine == "infection"))]
    within = within[within["tells"]]
    if not len(within):
        return pd.DataFrame()
    came = within.groupby("forecast").agg(
        observed=("event", "any"),
        value=("value", "max"),
        untreated=("untreated", "any"),
        synthetic=("synthetic", "any"),
    )
    pairs = said.set_index("forecast").loc[came.index].assign(**came).reset_index()
    before = both[both["date"] <= both["issued"]].sort_values("date", kind="stable")
    before = before.drop_duplicates("forecast", keep="last").set_index("forecast")
    last = before.reindex(pairs["forecast"])
    pairs["last_event"] = last["event"].astype("float64").to_numpy()
    pairs["last_age"] = (pairs["issued"] - last["date"].to_numpy()).dt.days
    return pairs


def _covered(within: pd.DataFrame, wait: pd.Timedelta, lasting: bool) -> pd.Index:
    """Return the forecasts throughout whose windows somebody looked."""
    ordered = within.sort_values(["forecast", "date"])
    last = ordered.groupby("forecast").agg(date=("date", "last"), end=("target_end", "last"))
    longest = last["end"] - last["date"]
    if not lasting:
        since = ordered.groupby("forecast")["date"].shift().fillna(ordered["issued"] + wait)
        longest = np.maximum(longest, (ordered["date"] - since).groupby(ordered["forecast"]).max())
    return last.index[longest <= pd.Timedelta(days=rules().gap)]


def _said(one: Organism, pairs: pd.DataFrame) -> pd.Series:
    """Return whether the warning was given: the level high, or of dates the middle one within the window."""
    if one.engine != "timing":
        return pairs["level"] >= outlook.HIGH
    day = pd.to_datetime(pairs["date_p50"])
    return (day > pairs["issued"]) & (day <= pairs["target_end"])


def _events(one: Organism, seen: pd.DataFrame) -> pd.DataFrame:
    """Return the looks: plot, date, value, event, untreated, synthetic, and whether they tell of an event to come.

    Organisms that are foreseen by dates are looked for with traps and tapes: the first catch of a plot's year is the
    event, and after it there is no first catch to foresee.
    """
    dated = one.engine == "timing"
    table = seen[~seen["conflict"]]
    table = table[table["method"].isin(ON_TRAPS) if dated else table["method"] == one.check.method]
    column = "total" if dated else {"mean": "mean", "share": "share", "catch": "catch"}[one.check.measure]
    value = table[column].astype("Float64").astype("float64")
    if dated:
        value = value.fillna(table["infested"].astype("Float64").astype("float64"))
    table, value = table[value.notna()], value[value.notna()]
    day = pd.to_datetime(table["date"])
    event = value > 0 if dated or one.check.measure == "catch" else value >= _bound(one, day)
    looks = pd.DataFrame({
        "plot": table["plot"], "date": day, "value": value, "event": event.to_numpy(bool), "tells": True,
        "untreated": table["treated"].eq(False).fillna(False).to_numpy(bool),
        "synthetic": table["synthetic"].to_numpy(bool),
    }).sort_values("date", kind="stable")  # fmt: skip
    if dated:
        earlier = looks.groupby([looks["plot"], looks["date"].dt.year])["event"].cumsum() - looks["event"]
        looks["tells"] = earlier == 0
    return looks


def _bound(one: Organism, day: pd.Series) -> np.ndarray:
    """Return what counts as an outbreak on each day."""
    if one.engine == "population" and one.model["family"] == "mite":
        bound = one.parameters("threshold", MiteThreshold)
        doy = day.dt.day_of_year.to_numpy()
        autumn = doy >= bound.autumn_from
        return np.where(autumn, bound.autumn, np.where(doy >= rules().bloom, bound.after_bloom, bound.before_bloom))
    return np.full(len(day), one.check.threshold)


def _treated(one: Organism, pairs: pd.DataFrame, sprayed: pd.DataFrame) -> np.ndarray:
    """Return True where the plot was treated against the organism from two weeks before to the window's end.

    None where nobody wrote anything down for the plot that year, and where something unknown was sprayed: no record is
    no proof, and neither is half a record.
    """
    written = set(zip(sprayed["plot"], pd.to_datetime(sprayed["date"]).dt.year, strict=True))
    against = [_against(one, row) for row in sprayed[["kind", "groups", "targets"]].itertuples(index=False)]
    sure = _days(sprayed, [answer is True for answer in against])
    perhaps = _days(sprayed, [answer is None for answer in against])
    back = pd.Timedelta(days=rules().before)
    out: list[bool | None] = []
    for row in pairs.itertuples():
        window = row.plot, row.issued - back, row.target_end
        if row.untreated:
            out.append(False)
        elif _any(sure, *window):
            out.append(True)
        elif _any(perhaps, *window) or (row.plot, row.issued.year) not in written:
            out.append(None)
        else:
            out.append(False)
    return np.array(out, dtype=object)


def _against(one: Organism, row) -> bool | None:
    """Return whether a treatment works on the organism; None where neither target nor group was told."""
    if row.targets:
        return one.key in row.targets
    if row.kind not in ("spray", "bait"):
        return False
    if row.groups or row.kind == "bait":
        return one.key in records.targets_of(tuple(row.groups) or ("bait",))
    return None


def _days(table: pd.DataFrame, which: list[bool]) -> dict[str, np.ndarray]:
    chosen = table[np.array(which, bool)]
    return {str(plot): pd.to_datetime(some["date"]).to_numpy() for plot, some in chosen.groupby("plot")}


def _any(days: dict[str, np.ndarray], plot: str, first: pd.Timestamp, last: pd.Timestamp) -> bool:
    when = days.get(plot)
    return when is not None and bool(((when >= first.to_datetime64()) & (when <= last.to_datetime64())).any())


def years(pairs: pd.DataFrame) -> list[int]:
    """Return the years that pairs speak of."""
    return sorted(pairs["year"].unique().tolist()) if len(pairs) else []


def before(pairs: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the pairs whose window had ended by that day."""
    return pairs[pd.to_datetime(pairs["target_end"]) < pd.Timestamp(day)]


def counted(home: Platform, keys: Iterable[str]) -> dict[str, int]:
    """Return how many counts there are of each organism, by any way of looking; secret ones are not told."""
    seen = home.store.counts(EVERYTHING)
    number = seen.loc[~seen["organism"].isin(protection.secret()), "organism"].value_counts()
    return {key: int(number.get(key, 0)) for key in keys}
