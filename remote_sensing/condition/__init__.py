"""Poor growth found: plots against their own history and against similar plots, parts of plots, alerts, zones."""

from remote_sensing.condition.areas import areas
from remote_sensing.condition.judge import judge
from remote_sensing.condition.within import good_dates, within

__all__ = ["areas", "good_dates", "judge", "within"]
