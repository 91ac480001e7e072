"""What people saw and measured at their plots: asked for and noted."""

from datetime import date
from zoneinfo import ZoneInfo

import pandas as pd

from agro.farm import Finding, Observation, Viewer
from agro.observations import Kind, checked
from agro.observations import kinds as _kinds
from agro.store import rights
from agro.store.ids import uuid7
from app.services.platform import Platform, region_or_none


def kinds() -> dict[str, Kind]:
    """Return {key: Kind} of all that can be noted, with Chinese and English names, units and ranges."""
    return _kinds()


def table(
    viewer: Viewer, home: Platform, kind: str | None = None, start: date | None = None, end: date | None = None
) -> pd.DataFrame:
    """Return the observations that `viewer` may see, with the columns of `agro.store.OBSERVATION_COLUMNS`."""
    return home.store.observations(rights.scope(viewer, "observation.read"), kind=kind, start=start, end=end)


def of_plot(viewer: Viewer, home: Platform, plot_id: str) -> pd.DataFrame:
    """Return the observations of one plot; those of a plot that the viewer may not see are none.

    Raises
    ------
    NotFoundError
        When there is no such plot for the viewer.
    """
    scope = rights.scope(viewer, "observation.read")
    found = plot_id if scope.anonymous else home.store.plot(plot_id, scope).id
    return home.store.observations(scope, plots=[found])


def add(
    viewer: Viewer,
    home: Platform,
    *,
    plot: str,
    kind: str,
    date: date,
    value: float | None = None,
    n: int | None = None,
    spread: float | None = None,
    evidence: str = "measured",
    note: str = "",
    source: str = "page",
) -> tuple[Observation, list[Finding]]:
    """Return the noted observation and what is odd about it; `plot` is an id, a name or "farm/name".

    Raises
    ------
    InputError, NotFoundError, NotAllowedError
        For a value that cannot be, a plot that is unknown, or one that the viewer may not note for.
    """
    rights.require(viewer, "observation.write")
    found = home.store.plot(plot, rights.scope(viewer, "observation.read"))
    rights.require(viewer, "observation.write", farm=found.farm)
    region = region_or_none(home)
    made = Observation(
        uuid7(), found.id, kind, date, value, n, spread, viewer.account, evidence, source, note.strip(),
        bool(region and region.synthetic),
    )  # fmt: skip
    findings = checked(made, today(home))
    weighed = home.store.add_observations([made], by=viewer)
    findings += [contradiction(group, found.name) for group in weighed.conflicts]
    if not weighed.new:
        findings.append(Finding("info", "this was noted already", "这条记录已经有了"))
    return (weighed.new or weighed.twins)[0], findings


def remove(viewer: Viewer, home: Platform, observation_id: str) -> None:
    """Delete an observation that was a mistake, of a plot that the viewer may note for."""
    found = home.store.observation(observation_id, rights.scope(viewer, "observation.write"))
    home.store.remove_observation(found.id, by=viewer)


def today(home: Platform) -> date:
    """Return the day it is in the region, which no observation may lie behind."""
    region = region_or_none(home)
    return home.store.clock().astimezone(ZoneInfo(region.timezone if region else "Asia/Shanghai")).date()


def contradiction(group: tuple[Observation, ...], plot: str) -> Finding:
    """Return the warning of observations that say different things of one plot, kind and day (or season)."""
    about = _kinds()[group[0].kind]
    told = [f"{one.date}" if one.value is None else f"{one.date} {one.value:g}" for one in group]
    return Finding(
        "warning",
        f"{plot}: {about.en} is told differently: {'; '.join(told)}; all are kept and flagged",
        f"{plot}：“{about.zh}”说法不一：{'；'.join(told)}；都已保留并标记",
        plot,
    )
