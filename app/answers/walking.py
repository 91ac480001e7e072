"""Walks through flagged places, as pages ask for them."""

from typing import Any

import streamlit as st

from agro.store import Walk
from app import session
from app.answers.pictures import ask
from app.services.imagery import field_notes, walk_sheet, walks, worth_a_look
from app.services.imagery.walks import Proposal

session.SERVICES |= {"imagery_walks": walks, "imagery_walk_sheet": walk_sheet}


def places(farm: str | None) -> Any:
    """Return what is worth a look, the most urgent first."""
    return worth_a_look.candidates(session.viewer(), session.home(), farm)


def proposed(farm: str | None, most: int, minutes: float | None) -> Proposal:
    """Return the quickest walk through the places that matter most; the page ends with its refusal."""
    found = session.attempt(walks.propose, farm, most=most, minutes=minutes)
    return st.stop() if found is None else found


def begin(farm: str | None, most: int, minutes: float | None) -> Walk | None:
    """Return the walk after it was kept, to be ticked off."""
    return session.attempt(walks.begin, farm, most=most, minutes=minutes)


def kept() -> list[Walk]:
    """Return the newest walks."""
    return walks.listed(session.viewer(), session.home()) if session.may("walk.read") else []


def done(walk: str) -> dict[str, dict[str, Any]]:
    """Return {key of a stop: what was found there on this walk}."""
    return field_notes.done(session.viewer(), session.home(), walk)


def tick(walk: str, stop: dict[str, Any], found: str, note: str) -> Any:
    """Return the note of one stop, or None after its refusal was shown."""
    place = {name: stop[name] for name in ("what", "target", "plot")}
    return session.attempt(field_notes.tick, **place, found=found, note=note, walk=walk)


def findings() -> dict[str, str]:
    """Return {key: name} of what can be found at a place."""
    return {key: names[session.language()] for key, names in field_notes.findings().items()}


def files(walk: str) -> dict[str, tuple[str, str]]:
    """Return {file name: (text, media type)} of a walk for a phone and for paper."""
    language = session.language()
    return {
        "citrus_walk.gpx": (ask("imagery_walks.gpx", walk, language), "application/gpx+xml"),
        "citrus_walk.kml": (ask("imagery_walks.kml", walk, language), "application/vnd.google-earth.kml+xml"),
        "citrus_walk.html": (ask("imagery_walk_sheet.html", walk, language), "text/html"),
    }
