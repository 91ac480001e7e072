"""What the pest outlook says of plots: the table, the county's map, and the next danger of each plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from agro.errors import InputError, MissingDataError, NotAllowedError
from agro.farm import Plot, Role, Viewer
from agro.store import rights
from agro.store.rights import OPERATOR
from app.services import farms
from app.services.outlooks.sentences import Sentence
from app.services.pests import release, standing, words
from app.services.platform import Platform
from pest_warning import organism, outlook
from pest_warning.organism import HORIZONS, Organism

TONES = {outlook.HIGH: "act", outlook.MEDIUM: "watch"}
SOON = min(HORIZONS)


@dataclass(frozen=True)
class PlotPests:
    """All organisms of one plot.

    Attributes
    ----------
    table : DataFrame
        `outlook.COLUMNS` with `issued`, the most pressing organism first, by horizon.
    next : dict or None
        The row of the next danger.
    verdicts : dict
        {(organism, horizon): sentence in both languages}, how good such forecasts were so far.
    station : dict or None
        Nearest station: name, distance [km], rise [m] of the station above the plot.
    """

    plot: Plot
    issued: date
    table: pd.DataFrame
    next: dict[str, Any] | None
    verdicts: dict[tuple[str, int], dict[str, str]]
    station: dict[str, Any] | None


def dates(viewer: Viewer, home: Platform) -> list[date]:
    """Return the days of which a pest outlook is kept, newest first."""
    if not rights.allowed(viewer, "pest.sum"):
        rights.require(viewer, "pest.read")
    return home.store.pest_dates()


def organisms(viewer: Viewer, home: Platform, on: date | None = None) -> list[Organism]:
    """Return the organisms that a map may show to `viewer`: first those that most plots stand at medium or above for.

    Only their order is told of plots that the viewer sees as sums.
    """
    hidden = hushed(viewer, _day(home, on))
    mine = rights.allowed(viewer, "pest.read")
    scope = rights.scope(viewer, "pest.read" if mine else "pest.sum")
    rows = home.store.pests(scope if mine else rights.EVERYTHING, on, None, None, SOON)
    counts = {} if rows is None else rows["organism"][rows["level"] >= outlook.MEDIUM].value_counts().to_dict()
    shown = [one for one in organism.catalogue() if one.key not in hidden]
    return sorted(shown, key=lambda one: -counts.get(one.key, 0))


def hushed(viewer: Viewer, day: date) -> frozenset[str]:
    """Return the organisms of which the viewer sees no more than own plots on that day: the flies before harvest."""
    first, last = words.bounds("hushed_months")
    told = release.private(viewer) or viewer.role == Role.STATION or viewer.account == OPERATOR.account
    if told or not first <= day.month <= last:
        return frozenset()
    return frozenset(words.patterns()["hushed"]["organisms"])


def refuse_hushed(viewer: Viewer, home: Platform, key: str, on: date | None) -> None:
    """Return when the viewer may see more than own plots of an organism on that day."""
    if key in hushed(viewer, _day(home, on)):
        told = words.patterns()["hushed"]["said"]
        raise NotAllowedError(told["en"], zh=told["zh"])


def table(
    viewer: Viewer, home: Platform, on: date | None = None, organism: str | None = None, horizon: int | None = None,
    plots: Sequence[str] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the pest outlook of the plots that `viewer` may see, `outlook.COLUMNS` with `issued`.

    Raises
    ------
    MissingDataError
        Before the first.
    InputError
        For an organism or horizon that there is not.
    """
    checked(organism, horizon)
    found = home.store.pests(rights.scope(viewer, "pest.read"), on, plots, organism, horizon)
    if found is None:
        raise nothing()
    hidden = hushed(viewer, found["issued"].iloc[0].date()) if len(found) else frozenset()
    return found[~found["organism"].isin(hidden)].reset_index(drop=True) if hidden else found


def county(viewer: Viewer, home: Platform, organism: str, horizon: int, on: date | None = None) -> gpd.GeoDataFrame:
    """Return the viewer's plots with one organism's outlook at one horizon; without one the level is "cannot".

    Raises
    ------
    NotAllowedError
        For a fly between September and December, but to the station and for own plots.
    """
    scope = rights.scope(viewer, "pest.read")
    refuse_hushed(viewer, home, organism, on)
    plots, rows = home.store.plots(scope), table(viewer, home, on, organism, horizon)
    rows = rows.drop(columns=[name for name in rows if name != "plot" and name in plots])
    found = plots.merge(rows, left_on="id", right_on="plot", how="left").drop(columns="plot")
    return found.assign(level=found["level"].fillna(outlook.CANNOT).astype(int))


def next_dangers(viewer: Viewer, home: Platform, on: date | None = None) -> pd.DataFrame:
    """Return one row a plot: its most pressing organism, by level and then by date; organism is None where none is.

    The nearest horizon at which anything reaches medium decides. Columns as in `table`, with `id`, `name`, `township`
    in place of `plot`; `level` is that of the whole plot where nothing is pressing.
    """
    plots = pd.DataFrame(home.store.plots(rights.scope(viewer, "pest.read")).drop(columns="geometry"))
    plots = plots[["id", "name", "township"]]
    if not len(plots):
        return plots.reindex(columns=[*plots, *outlook.COLUMNS[1:], "issued"])
    soon = table(viewer, home, on, None, SOON)
    about = soon.groupby("plot").agg(issued=("issued", "first"), recorded=("recorded", "any"), most=("level", "max"))
    found = pressing(soon)
    for horizon in HORIZONS[1:]:
        calm = sorted(set(about.index) - set(found["plot"]))
        if calm:
            found = pd.concat([found, pressing(table(viewer, home, on, None, horizon, calm))])
    found = plots.merge(found.drop(columns=["issued", "recorded"]), left_on="id", right_on="plot", how="left")
    found = found.drop(columns="plot").join(about, on="id")
    level = found["level"].fillna(found.pop("most").clip(upper=outlook.LOW)).fillna(outlook.CANNOT).astype(int)
    return found.assign(level=level, organism=found["organism"].astype(object).where(found["organism"].notna(), None))


def pressing(rows: pd.DataFrame) -> pd.DataFrame:
    """Return of each plot the most pressing row of one horizon: at least medium, the higher level, the earlier date.

    What cannot be dated lies somewhere in the window: its middle counts.
    """
    some = rows[rows["level"] >= outlook.MEDIUM]
    lead = some["lead_days"].fillna(some["horizon"] / 2.0)
    order = some.assign(_up=-some["level"], _lead=lead).sort_values(["plot", "_up", "_lead"], kind="stable")
    return order.drop_duplicates("plot").drop(columns=["_up", "_lead"])


def sentences(viewer: Viewer, home: Platform, language: str = "zh", on: date | None = None) -> list[Sentence]:
    """Return one sentence a plot with its next danger, the most pressing plots first; empty before the first run."""
    try:
        found = next_dangers(viewer, home, on)
    except MissingDataError:
        return []
    lead = found["lead_days"].astype(float).fillna(found["horizon"].astype(float) / 2.0)
    order = found.assign(_up=-found["level"], _lead=lead).sort_values(["_up", "_lead", "name"], kind="stable")
    return [_sentence(row, language) for row in order.to_dict("records")]


def _sentence(row: dict[str, Any], language: str) -> Sentence:
    calm = not words.known(row["organism"])
    nothing = words.said("next.unknown" if row["level"] == outlook.CANNOT else "next.quiet", language)
    text = nothing if calm else words.danger(row, language)
    if not calm and words.known(row["recorded"]) and not row["recorded"]:
        text += words.said("next.unwritten", language)
    said = words.said("next.of_plot", language, name=row["name"], said=text)
    return Sentence(said, TONES.get(row["level"], "info"), row["id"], f"{pd.Timestamp(row['issued']):%Y-%m-%d}")


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotPests:
    """Return all that is foreseen of pests and diseases for one plot.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    MissingDataError
        When nothing was computed for it yet.
    """
    found = home.store.plot(plot_id, single(viewer))
    rows = table(viewer, home, on, plots=[found.id])
    if not len(rows):
        raise MissingDataError(
            f"'{found.name}' has no pest outlook: it lies outside the elevation model, or came after the last run",
            zh=f"“{found.name}”还没有病虫预报：它在高程数据之外，或者是上次计算之后才加入的",
        )
    lead = rows["lead_days"].astype(float).fillna(rows["horizon"] / 2.0)
    rank = {one.key: k for k, one in enumerate(organism.catalogue())}
    order = rows.assign(_up=-rows["level"], _lead=lead, _rank=rows["organism"].map(rank))
    rows = order.sort_values(["horizon", "_up", "_lead", "_rank"]).drop(columns=["_up", "_lead", "_rank"])
    return PlotPests(
        farms.settled(found), rows["issued"].iloc[0].date(), rows.reset_index(drop=True), _next(rows),
        _verdicts(home, rows["issued"].iloc[0].date()), _station(home, found),
    )  # fmt: skip


def _next(rows: pd.DataFrame) -> dict[str, Any] | None:
    for horizon in HORIZONS:
        some = pressing(rows[rows["horizon"] == horizon])
        if len(some):
            return some.iloc[0].to_dict()
    if (rows["level"] == outlook.CANNOT).all():
        return rows.iloc[0].to_dict()
    return None


def single(viewer: Viewer) -> rights.Scope:
    """Return the plots of which the viewer may read single pages: never anonymous, never a sum."""
    scope = rights.scope(viewer, "pest.read")
    if scope.anonymous:
        raise NotAllowedError(
            "a plot's page is for those who work or advise it", zh="单块地的页面只给经营者和指导的人看"
        )
    rights.require_rows(scope)
    return scope


def _verdicts(home: Platform, on: date) -> dict[tuple[str, int], dict[str, str]]:
    told = {}
    for key, verdict in standing.verdicts(home, on).items():
        name, horizon = key.split(":")
        told[name, int(horizon)] = {language: str(verdict[language]) for language in ("zh", "en")}
    return told


def _station(home: Platform, plot: Plot) -> dict[str, Any] | None:
    stations = home.store.stations()
    if not stations:
        return None
    place = plot.geometry.representative_point()
    globe = pyproj.Geod(ellps="WGS84")
    distance = [globe.inv(one.longitude, one.latitude, place.x, place.y)[2] for one in stations]
    nearest = stations[int(np.argmin(distance))]
    height = plot.elevation
    rise = None if nearest.elevation is None or height is None else float(nearest.elevation - height)
    return {"name": nearest.name, "distance": min(distance) / 1000.0, "rise": rise}


def _day(home: Platform, on: date | None) -> date:
    days = [day for day in home.store.pest_dates() if on is None or day <= on]
    if not days:
        raise nothing()
    return days[0]


def checked(key: str | None, horizon: int | None) -> None:
    """Refuse an organism or a horizon that there is not."""
    if key is not None:
        organism.load(key)
    if horizon is not None and horizon not in HORIZONS:
        known = ", ".join(map(str, HORIZONS))
        raise InputError(
            f"no horizon of {horizon} days; known: {known}", zh=f"没有 {horizon} 天的预报；可选：{known} 天"
        )


def nothing() -> MissingDataError:
    """Return what is said before the first run."""
    return MissingDataError("no pest outlook was computed yet", zh="还没有算过病虫预报")
