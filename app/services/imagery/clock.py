"""The day that pictures are judged on: that of the newest run, or of the newest picture after it, not the clock's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd

from app.services.observations import today
from app.services.platform import Platform, region_or_none


def day(home: Platform) -> date:
    """Return the platform's own day; before the first run it is today's.

    A sample that ends last autumn stays in last autumn: nothing in it grows old by the clock.
    """
    run = home.store.latest_run()
    if run is None:
        return today(home)
    newest = home.store.scenes()
    return max([run.date, *(of(home, one.time) for one in newest[:1])])


def of(home: Platform, moment: datetime) -> date:
    """Return the region's day of a moment: a flight at seven in Chongqing is of the day before by UTC."""
    return moment.astimezone(_zone(home)).date()


def days(home: Platform, moments: pd.Series) -> pd.Series:
    """Return the region's days of moments, at midnight and without a zone."""
    return pd.to_datetime(moments, utc=True).dt.tz_convert(_zone(home)).dt.tz_localize(None).dt.normalize()


def _zone(home: Platform) -> ZoneInfo:
    region = region_or_none(home)
    return ZoneInfo(region.timezone if region else "Asia/Shanghai")
