"""Poor growth found: plots against their own history and against similar plots, parts of plots, alerts, zones."""

from remote_sensing.condition.alerts import alerts, good_dates_of, ranked
from remote_sensing.condition.areas import areas
from remote_sensing.condition.judge import judge
from remote_sensing.condition.within import good_dates, within
from remote_sensing.condition.zones import Zones, zone_features, zones

__all__ = [
    "Zones", "alerts", "areas", "good_dates", "good_dates_of", "judge", "ranked", "within", "zone_features", "zones",
]  # fmt: skip
