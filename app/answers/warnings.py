"""What is foreseen of pests and diseases: the county, one plot, the coming weeks; and the gate that bulletins pass."""

from datetime import date
from typing import Any

import geopandas as gpd

from app import session
from app.services.pests import changes, courses, outlooks, release, townships, weeks
from app.services.pests.changes import Change
from app.services.pests.courses import PlotCourses
from app.services.pests.outlooks import PlotPests
from app.services.pests.release import Gate
from app.services.pests.townships import Townships
from app.services.pests.weeks import Weeks
from pest_warning.organism import HORIZONS, Organism

__all__ = ["HORIZONS"]

session.SERVICES |= {
    "pest_outlooks": outlooks,
    "pest_courses": courses,
    "pest_changes": changes,
    "pest_weeks": weeks,
    "townships": townships,
    "release": release,
}


def dates() -> list[date]:
    """Return the days of which a pest outlook is kept, newest first."""
    return session.ask("pest_outlooks.dates")


def organisms(on: date | None = None) -> list[Organism]:
    """Return the organisms that a map may show to the visitor."""
    return session.ask("pest_outlooks.organisms", on)


def county(organism: str, horizon: int, on: date | None = None) -> gpd.GeoDataFrame:
    """Return the visitor's plots with one organism's outlook at one horizon."""
    return session.ask("pest_outlooks.county", organism, horizon, on)


def sums(organism: str, horizon: int, on: date | None = None) -> Townships:
    """Return how much of each township stands at medium or above."""
    return session.ask("townships.townships", organism, horizon, on)


def plot(plot_id: str, on: date | None = None) -> PlotPests:
    """Return all that is foreseen of pests and diseases for one plot."""
    return session.ask("pest_outlooks.of_plot", plot_id, on)


def days(plot_id: str, on: date | None = None) -> PlotCourses:
    """Return the days of one plot, past and to come."""
    return session.ask("pest_courses.of_plot", plot_id, on)


def what_changes(plot_id: str, organism: str, on: date | None, horizon: int) -> list[Change]:
    """Return what would change an organism's row."""
    return session.ask("pest_changes.what_changes", plot_id, organism, on, horizon)


def if_counted(
    plot_id: str, organism: str, n: int, infested: int | None, total: int | None, on: date | None, horizon: int
) -> Change:
    """Return what a count today would do to an organism's row."""
    return session.ask("pest_changes.if_counted", plot_id, organism, n, infested, total, on, horizon)


def coming_weeks(on: date | None = None) -> Weeks:
    """Return the coming five weeks of the visitor's plots."""
    return session.ask("pest_weeks.of_viewer", on)


def gate(on: date) -> Gate:
    """Return how far the bulletin of a day stands for the visitor."""
    return session.ask("release.gate", on)


def sign(on: date) -> Any:
    """Return the signed bulletin, or None after its refusal was shown."""
    return session.attempt(release.sign, on)


def issue(on: date, number: str) -> Any:
    """Return the issued bulletin, or None after its refusal was shown."""
    return session.attempt(release.issue, on, number)


def withdraw(on: date) -> Any:
    """Return the withdrawn bulletin, or None after its refusal was shown."""
    return session.attempt(release.withdraw, on)
