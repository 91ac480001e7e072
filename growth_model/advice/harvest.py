"""When each plot can be picked, which comes first, and which part of the farm ripens when."""

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np
import pandas as pd

RIPE_SHARE = 0.8
BIGGER_FIRST = {
    "zh": "同一地块先采大果：大果的糖和酸都较低，留树后品质下降得早。",
    "en": "Within a plot pick bigger fruit first: it has less sugar and acid and loses quality sooner on the tree.",
}
BIGGER_SOURCE = (
    "Xi Jianlong et al. 2016, South China Fruits 45(4), late navels in Fengjie; to pick it first is judgement"
)


def harvest_windows(dates: pd.DataFrame) -> pd.DataFrame:
    """Return the harvest window of each plot from the members' dates.

    A date that a member never reaches is NaT and counts as later than all others, so a quantile that falls on such
    members is NaT as well: a plot that half of the members never ripen gets no P50.

    Parameters
    ----------
    dates : DataFrame
        One row a plot and member: `plot`, `ripe` (BBCH 83 with taste and colour) and `end` (BBCH 89, the on-tree limit
        or a loss above 10 %, whichever comes first).

    Returns
    -------
    DataFrame
        Index `plot`; `ripe_p10`, `ripe_p50`, `ripe_p90`, `end_p10`, `end_p50`, `end_p90`; `opens`, when 80 % of the
        members are ripe; `closes`, when half of them have ended; `days`, from one to the other; `ripe_cases` and
        `members`, how many of all ripen at all. A window that closes before it opens has negative days.
    """
    rows = []
    for plot, members in dates.groupby("plot", sort=False):
        row: dict[str, object] = {
            "plot": plot,
            "ripe_cases": int(members["ripe"].notna().sum()),
            "members": len(members),
        }
        for event in ("ripe", "end"):
            row |= {f"{event}_p{share}": reached(members[event], share / 100) for share in (10, 50, 90)}
        row |= {"opens": reached(members["ripe"], RIPE_SHARE), "closes": reached(members["end"], 0.5)}
        rows.append(row)
    names = [f"{event}_p{share}" for event in ("ripe", "end") for share in (10, 50, 90)] + ["opens", "closes"]
    windows = pd.DataFrame(rows, columns=["plot", "ripe_cases", "members", *names]).set_index("plot")
    windows = windows.astype(dict.fromkeys(names, "datetime64[ns]"))
    return windows.assign(days=(windows["closes"] - windows["opens"]).dt.days)


def reached(dates: Iterable, share: float) -> pd.Timestamp:
    """Return the first day by which `share` of the members have come to an event; NaT when fewer ever do.

    >>> reached(pd.to_datetime(["2026-11-01", "2026-11-05", None]), 0.5).date().isoformat()
    '2026-11-05'
    """
    members = pd.Series(pd.to_datetime(pd.Series(list(dates))))
    needed = max(int(np.ceil(share * len(members) - 1e-9)), 1)
    known = members.dropna().sort_values()
    return known.iloc[needed - 1] if len(known) >= needed else pd.NaT


def harvest_order(windows: pd.DataFrame, today: date, workdays: pd.Series | None = None) -> pd.DataFrame:
    """Return the plots in the order of picking.

    Open windows come first, the one that closes soonest at their head; then those that open later, by the day they
    open; last the plots that do not ripen in enough of the cases. A window that has closed is marked and leads: fruit
    is being lost there.

    Parameters
    ----------
    windows : DataFrame
        From `harvest_windows`, index `plot`.
    today : date
        The day of the plan.
    workdays : Series, optional
        Days of work each plot needs, by `plot`; the order then minds the last day to begin.

    Returns
    -------
    DataFrame
        As `windows`, with `rank` from 1, `status` ("closed", "open", "later" or "unripe"), `begin_by` (last day to
        begin) and `days_left` from today to it.
    """
    now = pd.Timestamp(today)
    work = pd.to_timedelta((workdays.reindex(windows.index).fillna(0) if workdays is not None else 0), unit="D")
    ordered = windows.assign(begin_by=windows["closes"] - work)
    ripe, over = ordered["opens"] <= now, ordered["closes"] < now
    ordered["status"] = np.select(
        [over & ordered["ripe_cases"].gt(0), ripe, ordered["opens"].notna()], ["closed", "open", "later"], "unripe"
    )
    ordered["days_left"] = (ordered["begin_by"] - now).dt.days
    place = ordered["status"].map({"closed": 0, "open": 1, "later": 2, "unripe": 3})
    due = ordered["begin_by"].where(place < 2, ordered["opens"]).fillna(pd.Timestamp.max.normalize())
    ordered = ordered.assign(_place=place, _due=due).sort_values(["_place", "_due", "opens", "ripe_p50"], kind="stable")
    ordered = ordered.drop(columns=["_place", "_due"])
    return ordered.assign(rank=range(1, len(ordered) + 1))


def ripening_by(windows: pd.DataFrame, plots: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return which part of the farm ripens when.

    Parameters
    ----------
    windows : DataFrame
        From `harvest_windows`, index `plot`.
    plots : DataFrame
        Index `plot`; the columns of `by` and, if known, `area` [m2], by which plots weigh.
    by : sequence of str
        Columns to group by, such as elevation band, aspect or farm block.

    Returns
    -------
    DataFrame
        One row a part, the first to open at the top: the columns of `by`, `plots`, `area` [m2], `opens` (middle of
        its plots by area), `opens_first`, `opens_last`, `closes` (middle), `open_share` (of its area with an opening
        day) and `days_after_first`, behind the first part.
    """
    rows = windows.join(plots, how="inner")
    if "area" not in rows:
        rows = rows.assign(area=np.nan)
    parts = []
    for key, part in rows.groupby(list(by), sort=False, dropna=False):
        weight = part["area"].fillna(part["area"].mean() if part["area"].notna().any() else 1.0)
        parts.append(
            dict(zip(by, key, strict=True))
            | {
                "plots": len(part),
                "area": part["area"].sum(min_count=1),
                "opens": _middle(part["opens"], weight),
                "opens_first": part["opens"].min(),
                "opens_last": part["opens"].max(),
                "closes": _middle(part["closes"], weight),
                "open_share": float(weight[part["opens"].notna()].sum() / weight.sum()),
            }
        )
    names = [*by, "plots", "area", "opens", "opens_first", "opens_last", "closes", "open_share"]
    table = pd.DataFrame(parts, columns=names)
    for name in ("opens", "opens_first", "opens_last", "closes"):
        table[name] = pd.to_datetime(table[name])
    table = table.sort_values("opens", kind="stable", na_position="last").reset_index(drop=True)
    return table.assign(days_after_first=(table["opens"] - table["opens"].min()).dt.days)


def _middle(days: pd.Series, weight: pd.Series) -> pd.Timestamp:
    """Return the day by which half of the weight has come; NaT counts as never."""
    ordered = days.sort_values(na_position="last")
    passed = weight[ordered.index].cumsum() >= 0.5 * weight.sum() - 1e-9
    return ordered[passed].iloc[0]
