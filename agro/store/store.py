"""The store: one door to everything that is kept."""

from agro.store.alerts import Alerts
from agro.store.conditions import Conditions
from agro.store.counts import Counts
from agro.store.jobs import Jobs
from agro.store.migrations import upgrade
from agro.store.observations import Observations
from agro.store.plots import Plots
from agro.store.rasters import Rasters
from agro.store.releases import Releases
from agro.store.runs import Runs
from agro.store.samples import Samples
from agro.store.scenes import Scenes
from agro.store.seen import Seen
from agro.store.sessions import Sessions
from agro.store.treatments import Treatments
from agro.store.trees import Trees
from agro.store.walks import Walks
from agro.store.weather import Weather


class Store(
    Plots, Observations, Treatments, Counts, Samples, Alerts, Releases, Weather, Rasters, Scenes, Seen, Conditions,
    Trees, Walks, Runs, Sessions, Jobs,
):  # fmt: skip
    """What the platform keeps, in a home folder and a database; threads may share one.

    `with store:` is one transaction: rows and files of the block stand together or not at all. Every method is a
    transaction of its own outside of one, and a savepoint inside.
    """

    def migrate(self) -> str:
        """Return the revision that the tables have after they were brought up to date."""
        with self.writing() as connection:
            return upgrade(connection)
