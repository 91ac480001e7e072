"""Plots and outlooks for other programs, version 1."""

from datetime import date
from typing import Any

from fastapi import APIRouter

from app.api.door import Asking, Home
from app.api.plain import plain
from app.services import farms, outlooks, platform
from app.services.pests import outlooks as warned
from app.services.pests import release

router = APIRouter(prefix="/v1", tags=["v1"])


@router.get("/status")
def status(viewer: Asking, home: Home) -> dict[str, Any]:
    """How the platform stands: region, last observation, last run, what is missing."""
    return plain(platform.status(viewer, home))


@router.get("/layers")
def layers(viewer: Asking) -> list[dict[str, Any]]:
    """What a map can be coloured by, with words and units."""
    return plain(outlooks.LAYERS)


@router.get("/plots")
def plots(viewer: Asking, home: Home) -> dict[str, Any]:
    """The plots that the asker may see, as GeoJSON; areas in m2, angles in degrees."""
    return _collection(farms.plots(viewer, home))


@router.get("/outlook")
def outlook(viewer: Asking, home: Home, on: date | None = None) -> dict[str, Any]:
    """The summary of every plot for one issue date, the latest by default; numbers with P10, P50, P90.

    A date whose P90 (or P50) is null beside a P10 does not come this season in a tenth (or half) of the cases.
    """
    return {"on": plain(on), "plots": plain(outlooks.county(viewer, home, on).drop(columns="geometry"))}


@router.get("/plots/{plot}/outlook")
def plot_outlook(plot: str, viewer: Asking, home: Home, on: date | None = None) -> dict[str, Any]:
    """All that is foreseen for one plot: stages, 30-day fans, days behind the valley and why; open dates are null."""
    return plain(outlooks.plot_outlook(viewer, home, plot, on))


@router.get("/sentences")
def sentences(viewer: Asking, home: Home, language: str = "zh", on: date | None = None) -> list[dict[str, Any]]:
    """What the asker's home page says."""
    return plain(outlooks.sentences(viewer, home, "en" if language == "en" else "zh", on))


@router.get("/pests")
def pests(
    viewer: Asking, home: Home, on: date | None = None, organism: str | None = None, horizon: int | None = None
) -> dict[str, Any]:
    """The pest outlook of one issue date, the newest by default: a row a plot, organism and horizon (15, 30, 90 days).

    `level` is 0 no meaning, 1 cannot compute, 2 low, 3 medium, 4 high. `p` is null unless `calibration` is
    "calibrated". `release` says how far the bulletin stands: what is not "issued" is a draft, but for own plots.
    """
    rows = warned.table(viewer, home, on, organism, horizon)
    issued = rows["issued"].iloc[0].date() if len(rows) else on
    gate = release.gate(viewer, home, issued) if issued else None
    state = None if gate is None else "private" if gate.private else gate.state
    return {"on": plain(issued), "release": state, "rows": plain(rows.drop(columns="issued"))}


@router.get("/pests/sentences")
def pest_sentences(viewer: Asking, home: Home, language: str = "zh", on: date | None = None) -> list[dict[str, Any]]:
    """One sentence a plot with its next danger, the most pressing first."""
    return plain(warned.sentences(viewer, home, "en" if language == "en" else "zh", on))


def _collection(frame) -> dict[str, Any]:
    rows = frame.drop(columns="geometry").to_dict("records")
    features = [
        {"type": "Feature", "id": row.get("id"), "geometry": plain(shape), "properties": plain(row)}
        for row, shape in zip(rows, frame.geometry, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
