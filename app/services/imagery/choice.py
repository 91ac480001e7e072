"""Which scenes a page begins with: a late one that shows the viewer's plots, and one to compare it with."""

import pandas as pd

from app.services.imagery.settings import number, whole


def clear(scenes: pd.DataFrame) -> pd.DataFrame:
    """Return the scenes that show enough of the viewer's plots, in their order; all where none does.

    Enough is counted against the scene that shows most: who has a plot too small for satellites, or one beside all
    that was imported, is still told the clear dates from the clouded ones.

    Parameters
    ----------
    scenes : DataFrame
        As `app.services.imagery.scenes.listed` gives it, of one kind. Of a drone it is not counted what is seen:
        it flies below the clouds.
    """
    if scenes["kind"].eq("drone").all():
        return scenes
    seen = scenes["seen"].fillna(0.0)
    enough = (seen > 0) & (seen >= number("choice", "seen") * seen.max())
    enough &= ~(scenes["cloud"] >= number("usable", "cloud"))  # its few clear places are clouds that were missed
    return scenes[enough] if enough.any() else scenes


def newest(scenes: pd.DataFrame) -> pd.Series:
    """Return the newest scene that shows enough of the viewer's plots; there must be one."""
    return clear(scenes).iloc[0]


def before(scenes: pd.DataFrame, later: str) -> str | None:
    """Return the id of the scene to lay beside a later one, None where there is no clear one before it.

    Trees look alike on the same day of the year, so what has changed since a year ago is not the season's doing;
    of that time it is the scene that shows most. Without one it is some passes ago.
    """
    known = clear(scenes)
    start = scenes.loc[scenes["id"] == later, "time"].iloc[0]
    earlier = known[known["time"] < start]
    if earlier.empty:
        return None
    apart = (earlier["time"] - (start - pd.DateOffset(years=1))).abs()
    season = earlier[apart <= pd.Timedelta(days=number("choice", "season"))]
    if season.empty:
        return str(earlier["id"].iloc[min(len(earlier), whole("choice", "passes")) - 1])
    ranked = season.assign(tenths=season["seen"].round(1), apart=apart)  # of two that show about as much the nearer
    return str(ranked.sort_values(["tenths", "apart"], ascending=[False, True])["id"].iloc[0])
