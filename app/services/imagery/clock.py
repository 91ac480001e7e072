"""The day that pictures are judged on: that of the newest run, or of the newest picture after it, not the clock's."""

from datetime import date

from app.services.observations import today
from app.services.platform import Platform


def day(home: Platform) -> date:
    """Return the platform's own day; before the first run it is today's.

    A sample that ends last autumn stays in last autumn: nothing in it grows old by the clock.
    """
    run = home.store.latest_run()
    if run is None:
        return today(home)
    newest = home.store.scenes()
    return max([run.date, *(one.time.date() for one in newest[:1])])
