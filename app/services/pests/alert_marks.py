"""What people say of their alerts: seen, put off, or wrong with a note; a mark covers its level and lower ones."""

from collections.abc import Sequence
from datetime import date, timedelta

from agro.errors import InputError, NotFoundError
from agro.farm import Viewer
from agro.store import rights
from agro.store.alerts import AlertMark
from app.services.observations import today
from app.services.pests import outlooks, release
from app.services.pests.alert_card import CONDITION
from app.services.pests.alert_words import number
from app.services.platform import Platform
from pest_warning import organism, outlook

REGION = "region"
"""Stands for a plot in the keys of who watches over all."""


def mark(
    viewer: Viewer, home: Platform, keys: Sequence[str], state: str, until: date | None = None, note: str = ""
) -> int:
    """Return on how many keys the mark was set; the marks are training data.

    Raises
    ------
    InputError
        For a wrong alert without a note, or putting off until a day that has passed.
    NotFoundError
        For a plot or organism that the viewer may not know of.
    """
    rights.require(viewer, "alert.mark")
    if state == "wrong" and not note.strip():
        raise InputError("what is wrong about it? a note is needed", zh="请写一句哪里不对：这条意见会用来改进模型")
    if state == "snoozed" and until is not None and until <= today(home):
        raise InputError("put it off until a day to come", zh="稍后提醒的日期应在今天之后")
    for key in keys:
        _known(home, viewer, key)
    with home.store:
        for key in keys:
            home.store.mark_alert(viewer, key, state, until, note)
    return len(keys)


def restore(viewer: Viewer, home: Platform, keys: Sequence[str]) -> int:
    """Return on how many keys the mark was lifted: they are shown again from today on."""
    with home.store:
        for key in keys:
            home.store.mark_alert(viewer, key, "snoozed", today(home))
    return len(keys)


def holds(one: AlertMark, on: date) -> bool:
    """Return whether a mark still hides its alert on a day: put off until a day, or for as long as the file says."""
    if one.state == "snoozed":
        return one.holds(on)
    return on < one.at.date() + timedelta(number("marks", one.state))


def _known(home: Platform, viewer: Viewer, key: str) -> None:
    """Refuse a key that names no alert of the viewer."""
    parts = key.split("|")
    if len(parts) != 3 or parts[2] not in [str(level) for level in (outlook.MEDIUM, outlook.HIGH)]:
        raise NotFoundError(f"no alert '{key[:60]}'", zh=f"没有提醒“{key[:60]}”")
    if parts[1] == CONDITION:
        scope = rights.scope(viewer, "condition.read")
    else:
        organism.load(parts[1])
        scope = outlooks.single(viewer)
    if parts[0] == REGION:
        if release.private(viewer):
            raise NotFoundError(f"no alert '{key[:60]}'", zh=f"没有提醒“{key[:60]}”")
        return
    home.store.plot(parts[0], scope)
