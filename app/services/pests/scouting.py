"""What is counted in the field: how to look, what a count says at once against the threshold, and what stands noted."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from agro.errors import AgroError, InputError
from agro.farm import Count, Finding, Viewer
from agro.protection import methods
from app.services import protection
from app.services.pests import plot_year
from app.services.platform import Platform
from pest_warning import organism, scouting
from pest_warning.mite import MiteThreshold
from pest_warning.organism import Words

LEVELS = (0.1, 0.5, 0.9)
WEEK = 7.0  # days
SOURCE = "scouting"


@dataclass(frozen=True)
class Protocol:
    """How one organism is looked at, as its file says it; `confidential` where a find is told as samples are."""

    key: str
    name: Words
    kind: str
    method: str
    n: int
    measure: str
    threshold: float
    scouting: Words
    look_alikes: Words
    thresholds: Words
    source: str
    evidence: str
    confidential: bool


@dataclass(frozen=True)
class Says:
    """What one count says.

    Attributes
    ----------
    measure : str
        "mean" individuals on a unit, "share" of infested units, or "catch" of a trap and week.
    low, middle, high : float
        P10, P50 and P90 of what may be true of the plot.
    threshold : float or None
        In the same measure; None where the file's is for another way of looking, and where one find is enough.
    season : str
        Of which part of the year the threshold is: "before_bloom", "after_bloom", "autumn", or "" for all of it.
    verdict : str
        "above", "below", "unsure" where the range holds the threshold, "none" without one.
    report : bool
        A find of something that goes to the plant protection station today, and to nobody else.
    """

    measure: str
    low: float
    middle: float
    high: float
    threshold: float | None
    season: str
    verdict: str
    report: bool


def protocols(viewer: Viewer, home: Platform) -> dict[str, Protocol]:
    """Return {key: how to look} of all organisms, those under quarantine last: they are reported, not treated."""
    found = [_protocol(one) for one in organism.catalogue()]
    return {one.key: one for one in sorted(found, key=lambda one: one.confidential)}


def season_of(viewer: Viewer, home: Platform, plot: str, on: date) -> str:
    """Return the part of the year that a mite's threshold goes by at one plot.

    Before petal fall the bound is the strictest, so it also stands where nobody knows when petals fell.
    """
    if on.timetuple().tm_yday >= organism.load("red_mite").parameters("threshold", MiteThreshold).autumn_from:
        return "autumn"
    try:
        year = plot_year.of_plot(viewer, home, plot)
    except AgroError:
        return "before_bloom"
    return "after_bloom" if any(fell.year == on.year and fell <= on for fell in year.petal_fall) else "before_bloom"


def says(
    viewer: Viewer,
    home: Platform,
    key: str,
    method: str,
    n: int,
    infested: int | None = None,
    total: int | None = None,
    days: float | None = None,
    season: str = "",
) -> Says | None:
    """Return what a count says by itself, before it is noted; None where nothing has been counted yet.

    The prior of `pest_warning.scouting` lies widely around the count itself, so that the count speaks alone: what the
    model believes of the plot is for the outlook.

    Raises
    ------
    InputError
        For numbers that cannot be.
    """
    one = organism.load(protection.organism_key(key))
    if n < 1 or (infested is None and total is None):
        return None
    if infested is not None and not 0 <= infested <= n:
        raise InputError(
            f"{infested} infested of {n} looked at; 0 to {n} is needed", zh=f"发生数 {infested} 大于调查数 {n} 或小于 0"
        )
    report = bool((infested or 0) > 0 or (total or 0) > 0) and one.key in protection.secret()
    measure, range_ = _range(one, method, n, infested, total, days)
    if measure is None or range_ is None:
        return None
    bound, part = _threshold(one, method, measure, season)
    low, middle, high = (float(value) for value in range_)
    verdict = "none" if bound is None else "above" if low > bound else "below" if high < bound else "unsure"
    return Says(measure, low, middle, high, bound, part, verdict, report)


def note(
    viewer: Viewer, home: Platform, *, plot: str, organism: str, date: date, method: str, n: int, **more
) -> tuple[Count, list[Finding]]:
    """Return the noted count and what is odd about it, contradictions among them; see `protection.add_count`."""
    return protection.add_count(
        viewer, home, plot=plot, organism=organism, date=date, method=method, n=n, source=SOURCE, **more
    )


def of_plot(viewer: Viewer, home: Platform, plot_id: str, since: date) -> pd.DataFrame:
    """Return the counts of one plot that the viewer may know of, newest first, with what each of them says.

    Returns
    -------
    DataFrame
        `agro.store.COUNT_COLUMNS` and `says`, None where nothing can be said.
    """
    table = protection.counts(viewer, home, plot_id, start=since).sort_values(["date", "created"], ascending=False)
    known = {one.key for one in organism.catalogue()}
    seasons: dict[date, str] = {}
    told = []
    for row in table.itertuples():
        day = pd.Timestamp(row.date).date()
        if row.organism in known and _by_season(organism.load(row.organism)) and day not in seasons:
            seasons[day] = season_of(viewer, home, plot_id, day)
        told.append(
            says(
                viewer, home, row.organism, row.method, int(row.n), _whole(row.infested), _whole(row.total),
                None if pd.isna(row.days) else float(row.days), seasons.get(day, ""),
            )
            if row.organism in known
            else None
        )  # fmt: skip
    return table.assign(says=pd.Series(told, index=table.index, dtype=object)).reset_index(drop=True)


def by_season(viewer: Viewer, home: Platform, key: str) -> bool:
    """Return whether the threshold of this organism changes with the time of the year."""
    return _by_season(organism.load(key))


def _protocol(one: organism.Organism) -> Protocol:
    return Protocol(
        one.key, one.name, one.kind, one.check.method, one.check.n, one.check.measure, one.check.threshold,
        one.scouting, one.look_alikes, one.thresholds, one.check.source, one.check.evidence,
        one.key in protection.secret(),
    )  # fmt: skip


def _by_season(one: organism.Organism) -> bool:
    return one.has("threshold.before_bloom")


def _range(one, method, n, infested, total, days):
    """Return the measure and its P10, P50, P90."""
    if methods()[method].days:
        if total is None or not days:
            return None, None
        weeks = n * days / WEEK
        return "catch", _spread(scouting.posterior((total + 0.5) / weeks, weeks, total))
    if infested is not None and (one.check.measure == "share" or total is None):
        if one.check.measure == "mean" and method == one.check.method:
            return "mean", _spread(scouting.posterior_of_presence(_density(infested, n), n, infested))
        return "share", scouting.share_quantiles(n, infested, LEVELS)
    return "mean", _spread(scouting.posterior((total + 0.5) / n, n, total))


def _density(infested, n):
    """Return the density at which the share of units that was seen is infested; see `posterior_of_presence`."""
    k, share = scouting.uneven().k, (infested + 0.5) / (n + 1.0)
    return k * ((1.0 - share) ** (-1.0 / k) - 1.0)


def _spread(posterior):
    density, weight = posterior
    return scouting.quantile(density, weight, LEVELS)


def _threshold(one, method, measure, season):
    """Return the bound of this way of looking and the part of the year it is for."""
    if one.key in protection.secret() or method != one.check.method or measure != one.check.measure:
        return None, ""  # of what is under quarantine one find is enough
    if season and _by_season(one):
        return float(getattr(one.parameters("threshold", MiteThreshold), season)), season
    return one.check.threshold, ""


def _whole(value) -> int | None:
    return None if pd.isna(value) else int(value)
