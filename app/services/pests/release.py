"""The release gate at the door of the pages: who must be told that an outlook is a draft, who may sign or issue it."""

from dataclasses import dataclass
from datetime import date

from agro.farm import Viewer
from agro.store import rights
from agro.store.releases import NEXT, Release
from app.services.platform import Platform


@dataclass(frozen=True)
class Gate:
    """How far the bulletin of one day stands for one viewer.

    Attributes
    ----------
    private : bool
        The viewer sees own and shared plots only: advice of one's own needs no release.
    state : str
        "draft", "signed", "issued" or "withdrawn"; "draft" where nobody looked at it yet.
    may : tuple of str
        The states that this viewer can give it next.
    """

    day: date
    private: bool
    state: str
    release: Release | None
    may: tuple[str, ...]

    @property
    def issued(self) -> bool:
        """Whether it may be shown as a bulletin."""
        return self.state == "issued"


def gate(viewer: Viewer, home: Platform, on: date) -> Gate:
    """Return how far the pest bulletin of the run of `on` stands for `viewer`."""
    if not rights.allowed(viewer, "pest.sum"):
        rights.require(viewer, "pest.read")
    found = home.store.release_of(on)
    actions = {"draft": "outlook.sign", "signed": "outlook.sign", "issued": "outlook.issue"}
    after = NEXT[found.state if found else None]
    may = tuple(one for one in after if one != "draft" and rights.allowed(viewer, actions.get(one, "outlook.issue")))
    return Gate(on, private(viewer), found.state if found else "draft", found, may)


def private(viewer: Viewer) -> bool:
    """Return whether the viewer sees own and shared plots only."""
    return not rights.allowed(viewer, "pest.sum") and rights.reach(viewer.role, "pest.read") in ("own", "granted")


def sign(viewer: Viewer, home: Platform, on: date) -> Release:
    """Return the bulletin of a run's day with an agronomist's signature."""
    return home.store.set_release(on, "signed", by=viewer)


def issue(viewer: Viewer, home: Platform, on: date, number: str) -> Release:
    """Return the bulletin of a run's day as issued by the station under a number."""
    return home.store.set_release(on, "issued", by=viewer, number=number)


def withdraw(viewer: Viewer, home: Platform, on: date) -> Release:
    """Return the bulletin of a run's day after the station took it back."""
    return home.store.set_release(on, "withdrawn", by=viewer)
