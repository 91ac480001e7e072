"""What would change the outlook of one plot: a spray tomorrow, wetter or drier days, a count, what was noted since."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from agro import parameters
from agro.errors import InputError
from agro.farm import Viewer
from agro.store.rights import EVERYTHING
from app.services import protection
from app.services.pests import outlooks, records, run, words
from app.services.pests.courses import Kept, setting_of
from app.services.platform import Platform
from pest_warning import organism, outlook, warning
from pest_warning import protection as products
from pest_warning.organism import HORIZONS, Organism
from pest_warning.setting import Setting, Spray
from pest_warning.site_days import SiteDays

SOON = min(HORIZONS)
WETTER = 10.0  # h within SOON days
Ask = Callable[[Setting], dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """What one "what if" does to an organism's row: the rows before and after, and what was changed."""

    key: str  # a pattern of words.toml, table "change"
    values: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


def what_changes(
    viewer: Viewer, home: Platform, plot_id: str, key: str, on: date | None = None, horizon: int = SOON
) -> list[Change]:
    """Return what would change an organism's row: a spray tomorrow, ten wet hours more or less, what was noted since.

    Only what the organism's engine knows is tried: dates answer to no spray, mites to no wet leaf.
    """
    found = home.store.plot(plot_id, outlooks.single(viewer))
    one = organism.load(key)
    kept, setting = setting_of(home, found.id, on)
    ask = partial(_row, home, one, horizon)
    before = ask(setting)
    if before["level"] < outlook.LOW:  # nothing to be changed out of season
        return []
    changes = [_sprayed(one, setting, before, ask)]
    if one.engine == "infection":
        changes += [_wetter(kept, setting, before, hours, ask) for hours in (WETTER, -WETTER)]
    if _written_since(home, found.id, one, kept.inputs.on):
        issued = outlooks.table(viewer, home, on, key, horizon, [found.id])
        changes += [Change("written", {}, row, before) for row in issued.to_dict("records")]
    return [change for change in changes if change is not None]


def if_counted(
    viewer: Viewer, home: Platform, plot_id: str, key: str, n: int, infested: int | None, total: int | None,
    on: date | None = None, horizon: int = SOON,
) -> Change:  # fmt: skip
    """Return what a count made on the day of issue would do to an organism's row; nothing is noted.

    Raises
    ------
    InputError
        For numbers that cannot be.
    """
    if n <= 0 or (infested is not None and not 0 <= infested <= n) or (total is not None and total < 0):
        raise InputError(
            "a count needs units looked at, and no more infested ones than that",
            zh="请填调查数；有虫（病）数不能多于调查数",
        )
    found = home.store.plot(plot_id, outlooks.single(viewer))
    one = organism.load(key)
    _, setting = setting_of(home, found.id, on)
    made = {
        "plot": 0, "organism": key, "day": setting.now, "method": one.check.method, "n": float(n),
        "infested": np.nan if infested is None else float(infested),
        "total": np.nan if total is None else float(total), "days": 7.0 if one.check.method == "trap" else np.nan,
    }  # fmt: skip
    counts = pd.concat([setting.counts, pd.DataFrame([made])], ignore_index=True)
    before, after = (_row(home, one, horizon, some) for some in (setting, replace(setting, counts=counts)))
    seen = f"{infested if total is None else total} / {n}"
    return Change("counted", {"count": seen}, before, after)


def _written_since(home: Platform, plot_id: str, one: Organism, on: date) -> bool:
    """Return whether a spray against the organism or a count of it, up to the day of issue, was noted after the run."""
    newest = home.store.latest_run(on)
    if newest is None or newest.finished is None:
        return False
    sprays = home.store.treatments(EVERYTHING, [plot_id], end=on)
    against = [one.key in (row.targets or records.targets_of(tuple(row.groups))) for row in sprays.itertuples()]
    counts = home.store.counts(EVERYTHING, [plot_id], one.key, end=on)
    created = [*sprays[np.array(against, bool)]["created"]]
    created += [] if one.key in protection.secret() else [*counts["created"]]
    return any(pd.Timestamp(moment) > pd.Timestamp(newest.finished) for moment in created)


def _row(home: Platform, one: Organism, horizon: int, setting: Setting) -> dict[str, Any]:
    """Return what a run would issue of one organism under a setting."""
    table, _ = warning.outlooks(setting, (one,))
    issued = setting.first_day + timedelta(days=setting.now)
    table = run.stated(home, issued, table[table["horizon"] == horizon].reset_index(drop=True))
    return table.assign(issued=pd.Timestamp(issued)).iloc[0].to_dict()


def _sprayed(one: Organism, setting: Setting, before: dict[str, Any], ask: Ask) -> Change | None:
    group = trial_group(one)
    if one.engine == "timing" or group is None or words.family(one) == "arrival":
        return None
    spray = Spray(setting.now + 1, (group,), (one.key,))
    after = ask(replace(setting, sprays={0: [*setting.sprays.get(0, []), spray]}))
    return Change("sprayed" if one.engine == "infection" else "treated", {"group": group}, before, after)


def trial_group(one: Organism) -> str | None:
    """Return the class that a trial spray belongs to: the first of the organism's chemical control that is known."""
    known = parameters.document(products.FILE)
    groups = (group for control in one.controls if control.type == "chemical" for group in control.groups)
    return next((group for group in groups if group in known), None)


def _wetter(kept: Kept, setting: Setting, before: dict[str, Any], hours: float, ask: Ask) -> Change | None:
    """Return the row with the threshold of wetness moved until the next days are wetter (or drier) by some hours."""
    mine = setting.site[0]
    base = _wet(setting.future, mine)
    low, high = (0.0, 40.0) if hours > 0 else (-15.0, 0.0)
    if not np.isfinite(base):
        return None
    future, got = setting.future, 0.0
    for _ in range(9):  # to a tenth of a per cent of humidity
        middle = (low + high) / 2.0
        future = _days_at(kept, setting, -middle)
        got = _wet(future, mine) - base
        if got < hours:
            low = middle
        else:
            high = middle
    if abs(got) < 1.0:
        return None  # it cannot get any wetter (or drier): the rain alone decides
    after = ask(replace(setting, future=future))
    return Change("wetter" if got > 0 else "drier", {"hours": round(abs(got))}, before, after)


def _days_at(kept: Kept, setting: Setting, moved: float) -> SiteDays:
    """Return the days ahead with another threshold of wetness for the first `SOON` of them. [%]"""
    part = run.Part(kept.inputs, kept.sites, replace(kept.air, wet_at=kept.air.wet_at + moved), False)
    future = part.days("future", kept.grown.future, setting.asked)
    return SiteDays(*(
        np.concatenate([getattr(future, name)[:SOON], getattr(setting.future, name)[SOON:]])
        for name in SiteDays.__dataclass_fields__
    ))  # fmt: skip


def _wet(days: SiteDays, site: int) -> float:
    """Return the mean wet hours of the next days. [h]"""
    return float(days.wet_hours[:SOON, :, site].sum(axis=0).mean())
