"""Zones of large plots that keep apart over the years."""

from collections.abc import Iterator, Sequence
from datetime import date

from agro.errors import MissingDataError
from agro.farm import Viewer
from agro.store import rights
from app.services.imagery import clock, extent, stacks
from app.services.imagery.monitor import CLOUDY, INDEX
from app.services.imagery.settings import number, whole
from app.services.platform import Platform
from remote_sensing import sensor
from remote_sensing.condition.zones import Zones, zone_features, zones


def of_plot(viewer: Viewer, home: Platform, plot_id: str, on: date | None = None) -> Zones:
    """Return the zones of one plot from its pixels of all seasons that are kept.

    Raises
    ------
    NotFoundError
        When the viewer may not see such a plot.
    MissingDataError
        For a plot below half a hectare, or with fewer than three seasons of pictures.
    """
    found = home.store.plot(plot_id, rights.scope(viewer, "condition.read"))
    if found.area < number("monitor", "within"):
        raise MissingDataError(
            f"'{found.name}' is below 0.5 ha: satellites show nothing inside it",
            zh=f"“{found.name}”不到 7.5 亩：卫星看不出地块内部",
        )
    for stack in _stacks(home, [found.id], on):
        return _zones(stack)
    raise MissingDataError(f"no picture shows '{found.name}'", zh=f"没有影像覆盖“{found.name}”")


def of_plots(viewer: Viewer, home: Platform, on: date | None = None) -> list[Zones]:
    """Return the zones of all plots of the viewer that are large enough and were seen for three seasons."""
    plots = home.store.plots(rights.scope(viewer, "condition.read"))
    found = []
    for stack in _stacks(home, list(plots.loc[plots["area"] >= number("monitor", "within"), "id"]), on):
        try:
            found.append(_zones(stack))
        except MissingDataError:
            continue
    return found


def _stacks(home: Platform, ids: Sequence[str], on: date | None) -> Iterator[stacks.Stack]:
    """Yield the pixels of plots from the sensor with most scenes, each scene read once."""
    on = on or clock.day(home)
    start = date(on.year - whole("monitor", "years"), 1, 1)
    stored = [one for one in home.store.scenes("satellite", start, on) if (one.cloud or 0.0) < CLOUDY]
    if not stored or not ids:
        return
    kinds = [one.sensor for one in stored]
    camera = max(dict.fromkeys(kinds), key=kinds.count)
    plots = extent.plots(home)
    some = [one for one in stored if one.sensor == camera]
    yield from stacks.of_plots(home, some, plots[plots["id"].isin(ids)], sensor.named(camera), INDEX)


def _zones(stack: stacks.Stack) -> Zones:
    features, seasons = zone_features(stack.values, stack.weights)
    return zones(features, plot=stack.plot, seasons=seasons)
