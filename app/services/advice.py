"""What to do now: the advice that holds for the viewer's plots; the words and thresholds are the growth model's."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import pandas as pd

from agro.errors import MissingDataError, NotAllowedError
from agro.farm import Viewer
from agro.store import rights
from app.services import plot_states
from app.services.platform import Platform
from growth_model.advice import Advice
from growth_model.advice.rules import KINDS, URGENCIES, label

MOST = 100  # plots looked at for one viewer: some ten seconds, once a run


@dataclass(frozen=True)
class PlotAdvice:
    """What one plot is advised, the most urgent first."""

    plot: str
    name: str
    issued: date
    said: tuple[Advice, ...]


@dataclass(frozen=True)
class SameAdvice:
    """One rule and the plots where it holds, each with its own numbers; most cases first."""

    key: str
    plots: tuple[tuple[str, str, Advice], ...]  # id, name, advice

    @property
    def first(self) -> Advice:
        """What it says where most cases agree."""
        return self.plots[0][2]


@dataclass(frozen=True)
class ViewerAdvice:
    """The advice for the viewer's plots, by rule, the most urgent first.

    Attributes
    ----------
    looked_at, plots : int
        How many of how many plots were looked at.
    """

    issued: date | None
    rules: list[SameAdvice] = field(default_factory=list)
    looked_at: int = 0
    plots: int = 0


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> PlotAdvice:
    """Return the advice for one plot, as of the run of `on` (the newest by default).

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    MissingDataError
        When nothing was computed for it yet.
    """
    found = home.store.plot(plot_id, _scope(viewer))
    states = plot_states.of_plots(home, [found.id], on)
    if found.id not in states:
        raise MissingDataError(
            f"'{found.name}' lies outside the elevation model: no advice", zh=f"“{found.name}”在高程数据之外，没有建议"
        )
    state = states[found.id]
    return PlotAdvice(found.id, found.name, state.issued, state.said)


def of_plots(viewer: Viewer, home: Platform, ids: tuple[str, ...], on: date | None = None) -> dict[str, PlotAdvice]:
    """Return {plot id: advice} of some of the viewer's plots; what the viewer may not see is left out."""
    plots = home.store.plots(_scope(viewer), ids=ids)
    return {one.plot: one for one in _each(home, plots, on)}


def of_viewer(viewer: Viewer, home: Platform, on: date | None = None) -> ViewerAdvice:
    """Return the advice for the viewer's plots, those that ripen first when there are more than `MOST`."""
    plots, total = chosen(viewer, home, on)
    each = _each(home, plots, on) if total else []
    issued = each[0].issued if each else None
    return ViewerAdvice(issued, grouped(each), len(plots), total)


def chosen(viewer: Viewer, home: Platform, on: date | None = None) -> tuple[gpd.GeoDataFrame, int]:
    """Return the viewer's plots that are looked at, at most `MOST`, and how many there are."""
    scope = _scope(viewer)
    plots = home.store.plots(scope)
    if len(plots) <= MOST:
        return plots, len(plots)
    ripe = home.store.outlook_summary(scope, on).set_index("plot")["ripe_p50"]
    first = pd.to_datetime(plots["id"].map(ripe)).sort_values(na_position="last").index[:MOST]
    return plots.loc[first], len(plots)


def grouped(each: Iterable[PlotAdvice]) -> list[SameAdvice]:
    """Return the advice of several plots by rule, the most urgent first, within it what most cases back."""
    by_rule: dict[str, list[tuple[str, str, Advice]]] = {}
    for plot in each:
        for one in plot.said:
            by_rule.setdefault(one.key, []).append((plot.plot, plot.name, one))
    same = [
        SameAdvice(key, tuple(sorted(rows, key=lambda row: (-row[2].cases / row[2].members, row[1]))))
        for key, rows in by_rule.items()
    ]
    return sorted(same, key=lambda rule: urgency(rule.first))


def urgency(one: Advice) -> tuple:
    """Return the rank of an advice: deeds before watching, today before this season, more cases first."""
    return KINDS.index(one.kind), URGENCIES.index(one.urgency), -one.cases / one.members, one.key


def labels() -> dict[str, str]:
    """Return where the current national label is looked up: {"url", "zh", "en"}."""
    return label()


def _each(home: Platform, plots: gpd.GeoDataFrame, on: date | None) -> list[PlotAdvice]:
    states = plot_states.of_plots(home, list(plots["id"]), on)
    names = dict(zip(plots["id"], plots["name"], strict=True))
    return [PlotAdvice(plot, str(names[plot]), state.issued, state.said) for plot, state in states.items()]


def _scope(viewer: Viewer) -> rights.Scope:
    """Return the plots whose advice the viewer may read: it is the grower's own, never anonymous, never a sum."""
    scope = rights.scope(viewer, "outlook.read")
    if scope.anonymous:
        raise NotAllowedError("advice is for those who work a plot", zh="生产建议只给地块的经营者及其授权的人看")
    rights.require_rows(scope)
    return scope
