"""The sample county's past warnings: what would have been said in seven seasons, beside what was then counted."""

from collections.abc import Callable
from datetime import date

from agro.store.rights import EVERYTHING, OPERATOR
from app.services import sample_protection
from app.services.pests import hindcast, skill
from app.services.platform import Platform
from pest_warning import organism
from sample_data.weather import LAST_DAY

FIRST_YEAR = 2020
DAYS = ((3, 15), (4, 15), (5, 15), (7, 1), (9, 1))
"""Days of issue of a season: few, so that the demo stays a matter of minutes; `citrus hindcast season` takes more."""
MEMBERS = 8


def make(home: Platform, progress: Callable[..., None] = lambda done, total, note="": None) -> None:
    """Replay the past seasons of the plots that somebody scouts, with the forecasts of their days, and score them."""
    last: date = LAST_DAY.astype("M8[D]").item()
    days = [date(year, *day) for year in range(FIRST_YEAR, last.year + 1) for day in DAYS]
    days = [day for day in days if day < last]
    sample_protection.past_forecasts(home, days)
    counts = home.store.counts(EVERYTHING)
    seen = set(counts["organism"])
    plots = sorted(counts["plot"].unique())
    looked_at = tuple(one for one in organism.catalogue() if one.key in seen)
    hindcast.replay(OPERATOR, home, days, members=MEMBERS, plots=plots, organisms=looked_at, progress=progress)
    skill.refresh(OPERATOR, home)
