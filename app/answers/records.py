"""What people wrote down of plant protection: diaries, counts, suspected trees; asked for and noted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd

from agro.protection import deeds, equipment, evidence, methods, states
from agro.store import rights
from app import session
from app.services import imports, protection, samples
from app.services.pests import cases, diary, scouting

MIXED = diary.MIXED
session.SERVICES["diary"] = diary
session.SERVICES["scouting"] = scouting
session.SERVICES["cases"] = cases


def writable() -> gpd.GeoDataFrame:
    """Return the plots that the viewer may note for; none for who only reads."""
    return ask_if("protection.write", "diary.writable", session.plots().iloc[0:0])


def reportable() -> gpd.GeoDataFrame:
    """Return the plots of which the viewer may report trees."""
    plots, viewer = session.plots(), session.viewer()
    return plots[[rights.allowed(viewer, "sample.write", farm=farm) for farm in plots["farm"]]]


def whats() -> dict[str, diary.What]:
    """Return what can have been done."""
    return diary.whats()


def names(known: Callable[[], dict[str, Any]]) -> dict[str, str]:
    """Return {key: name} of a table of choices in the visitor's language."""
    return {key: getattr(one, session.language()) for key, one in known().items()}


def equipments() -> dict[str, str]:
    """Return {key: name} of sprayers."""
    return names(equipment)


def evidences() -> dict[str, str]:
    """Return {key: name} of what stands behind a record."""
    return names(evidence)


def kinds() -> dict[str, str]:
    """Return {key: name} of kinds of treatments."""
    return names(deeds)


def method_names() -> dict[str, str]:
    """Return {key: name} of ways of looking."""
    return names(methods)


def hangs(method: str) -> bool:
    """Return whether this way of looking hangs for some days."""
    return methods()[method].days


def state_names() -> dict[str, str]:
    """Return {key: name} of what can become of a tree, the release among them."""
    return names(states) | {samples.RELEASED: session.t("cases.released")}


def organisms() -> dict[str, str]:
    """Return {key: name} of all organisms that a record can name."""
    place = 0 if session.language() == "zh" else 1
    return {key: both[place] for key, both in protection.organisms().items()}


def targets(keys: tuple[str, ...]) -> dict[str, str]:
    """Return {key: name} of what can be acted against, what the chosen classes are for first."""
    place, known = 0 if session.language() == "zh" else 1, diary.organisms()
    likely = diary.targets(keys)
    return {key: known[key][place] for key in dict.fromkeys([*likely, *known])}


def likely(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return the organisms that the chosen classes are for."""
    return diary.targets(keys)


def suggested() -> tuple[str, ...]:
    """Return which deeds to offer first this month."""
    return session.ask("diary.suggested", session.today().month)


def last(plots: tuple[str, ...]) -> Any:
    """Return what was noted last."""
    return session.ask("diary.last", plots)


def of_plot(plot: str) -> Any:
    """Return one plot's diary; None for who may write and not read."""
    return ask_if("protection.read", "diary.of_plot", None, plot)


def write(**told: Any) -> Any:
    """Return what was noted and what is odd about it, or None after its refusal was shown."""
    return session.attempt(diary.write, **told)


def again(**told: Any) -> Any:
    """Return the same deed as noted anew, or None after its refusal was shown."""
    return session.attempt(diary.again, **told)


def template(kind: str) -> str:
    """Return the CSV that records of one kind can be written into."""
    return imports.template(kind)


def remove(treatment: str) -> Any:
    """Return True when a record that was a mistake is gone."""
    return session.attempt(_removed, protection.remove_treatment, treatment)


def remove_count(count: str) -> Any:
    """Return True when a count that was a mistake is gone."""
    return session.attempt(_removed, protection.remove_count, count)


def protocols() -> dict[str, scouting.Protocol]:
    """Return how each organism is looked at."""
    return session.ask("scouting.protocols")


def season(organism: str, plot: str, on: date) -> str:
    """Return the part of the year whose threshold counts; "" where it is the same all year."""
    if not session.ask("scouting.by_season", organism):
        return ""
    return session.ask("scouting.season_of", plot, on)


def says(*told: Any) -> Any:
    """Return what a count says at once; a slip of the pen raises its `AgroError`, as it must not end the page."""
    return scouting.says(session.viewer(), session.home(), *told)


def counts(plot: str, since: date) -> pd.DataFrame | None:
    """Return one plot's counts; None for who may write and not read."""
    return ask_if("protection.read", "scouting.of_plot", None, plot, since)


def note_count(**told: Any) -> Any:
    """Return the noted count and what is odd about it, or None after its refusal was shown."""
    return session.attempt(scouting.note, **told)


def trees() -> pd.DataFrame:
    """Return the suspected trees that the viewer may know of."""
    return session.ask("cases.table")


def suspects() -> dict[str, str]:
    """Return {key: name} of what a tree can be suspected of."""
    return {key: getattr(one, session.language()) for key, one in session.ask("cases.organisms").items()}


def plan(plot: str) -> cases.Plan:
    """Return the plan of one plot against huanglongbing."""
    return session.ask("cases.plan", plot)


def plants(plot: str) -> pd.DataFrame:
    """Return where the young trees of one plot come from."""
    return session.ask("cases.plants", plot)


def suspect(**told: Any) -> Any:
    """Return the marked tree and what to mind, or None after its refusal was shown."""
    return session.attempt(samples.suspect, **told)


def step(sample: str, state: str, **told: Any) -> Any:
    """Return the sample after a step, the station's release among them, or None after its refusal was shown."""
    if state == samples.RELEASED:
        return session.attempt(samples.release, sample, date=told["date"], note=told.get("note", ""))
    return session.attempt(samples.step, sample, state, **told)


def note_plants(**told: Any) -> Any:
    """Return the noted delivery of plants, or None after its refusal was shown."""
    return session.attempt(cases.seedlings, **told)


def ask_if(right: str, service: str, otherwise: Any, *arguments: Any) -> Any:
    """Return what a service answers to who has the right, `otherwise` to others: no page ends for it."""
    return session.ask(service, *arguments) if session.may(right) else otherwise


def _removed(viewer: Any, home: Any, deed: Callable[..., None], identity: str) -> bool:
    deed(viewer, home, identity)
    return True
