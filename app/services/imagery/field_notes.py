"""What was found at a place that was flagged: the tick on a walk, kept as a field note of its plot."""

from datetime import date
from typing import Any

import pandas as pd

from agro.errors import InputError, NotFoundError
from agro.farm import Plot, Viewer
from agro.store import Visit, rights
from agro.store.scenes import GAPS
from agro.store.walks import FOUND
from app.services.imagery import walks, words
from app.services.observations import today
from app.services.platform import Platform, region_or_none


def tick(
    viewer: Viewer,
    home: Platform,
    *,
    what: str,
    target: str,
    plot: str,
    found: str,
    note: str = "",
    walk: str | None = None,
    date: date | None = None,
) -> Visit:
    """Return what was found at a place, noted; "nothing" counts as a false alarm of whatever flagged it.

    Raises
    ------
    InputError
        For an unknown finding, or a day to come.
    NotFoundError, NotAllowedError
        For a plot that the viewer may not note for, or a place that there is not.
    """
    rights.require(viewer, "walk.write")
    place = home.store.plot(plot, rights.scope(viewer, "walk.read"))
    rights.require(viewer, "walk.write", farm=place.farm, township=place.township)
    now = today(home)
    if date is not None and date > now:
        raise InputError(f"{date} lies ahead of today, {now}", zh=f"日期 {date} 晚于今天 {now}")
    _known(viewer, home, what, target, place)
    if walk is not None:
        walks.one(viewer, home, walk)
    region = region_or_none(home)
    visit = Visit(
        place.id, what, target, date or now, found, note, walk, viewer.account, bool(region and region.synthetic)
    )
    return home.store.add_visit(visit, by=viewer)


def visits(viewer: Viewer, home: Platform, plot: str | None = None, start: date | None = None) -> pd.DataFrame:
    """Return what was found at the plots that `viewer` may see, the newest first."""
    scope = rights.scope(viewer, "walk.read")
    rights.require_rows(scope)
    return home.store.visits(scope, None if plot is None else [home.store.plot(plot, scope).id], start=start)


def done(viewer: Viewer, home: Platform, walk: str) -> dict[str, dict[str, Any]]:
    """Return {key of a stop: its newest visit on this walk}."""
    walks.one(viewer, home, walk)
    seen = home.store.visits(rights.scope(viewer, "walk.read"))
    seen = seen[seen["walk"] == walk].drop_duplicates(["what", "target"])
    return {f"{row['what']}|{row['target']}": row for row in seen.to_dict("records")}


def findings() -> dict[str, dict[str, str]]:
    """Return {key: {"zh", "en"}} of what can be found at a place."""
    named = words.known("found")
    return {key: named[key] for key in FOUND}


def _known(viewer: Viewer, home: Platform, what: str, target: str, place: Plot) -> None:
    """Refuse a place that there is not, or that lies in another plot."""
    scope, known = rights.scope(viewer, "walk.read"), target == place.id
    if what == "area":
        known = home.store.area(target, scope)["plot"] == place.id
    elif what == "tree":
        trees = home.store.trees(scope, [place.id], lost=True)
        known = target in {f"{place.id}|{number}" for number in trees["number"]}
    elif what == "gap":  # of any flight: a newer one may have come since the walk was planned
        gaps = home.store.tree_readings(scope, plots=[place.id], part=GAPS)
        known = len(gaps) > 0 and target in set(gaps["gap"])
    if known:
        return
    raise NotFoundError(f"no {what} '{target[:80]}' in this plot", zh=f"这块地里没有“{target[:80]}”")
