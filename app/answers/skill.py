"""How good the warnings were, as pages ask for it."""

from datetime import datetime

import pandas as pd

from agro.errors import AgroError
from agro.protection import counts
from app import session
from app.services import platform
from app.services.pests import skill
from pest_warning import organism

session.SERVICES["pest_skill"] = skill


def told() -> skill.Told:
    """Return the newest scores and all that belongs to them."""
    return session.ask("pest_skill.told", _stamp())


def worth(key: str, horizon: int, spray: float, loss: float) -> pd.DataFrame | None:
    """Return what following the warnings is worth at the user's prices; None where that cannot be told."""
    stamp = platform.stamp(session.home()) + _stamp()
    try:
        return session.kept("pest_skill.worth", session.viewer(), stamp, (key, horizon, spray, loss))
    except AgroError:
        return None


def names() -> dict[str, str]:
    """Return {key: name} of all organisms."""
    return {one.key: getattr(one.name, session.language()) for one in organism.catalogue()}


def looks() -> dict[str, str]:
    """Return {key: how it is looked for}, such as "leaves, 100"; of dates by traps and tapes."""
    ways, language = counts.methods(), session.language()
    dated = {one.key for one in organism.of_engine("timing")}
    trap = getattr(ways["trap"], language)
    return {
        one.key: trap if one.key in dated else f"{getattr(ways[one.check.method], language)} {one.check.n}"
        for one in organism.catalogue()
    }


def units() -> dict[str, str]:
    """Return {key: what was counted, as the weighted interval score is measured in it}."""
    return {one.key: one.check.measure for one in organism.catalogue()}


def scored_on(told: skill.Told) -> datetime | None:
    """Return when the scores were made, in the region's time."""
    return pd.Timestamp(told.at).to_pydatetime() if told.at else None


def may_score() -> bool:
    """Return whether the viewer may make the scores again."""
    return session.may("run.start")


def _stamp() -> str:
    try:
        return skill.scored_at(session.viewer(), session.home())
    except AgroError:
        return ""
