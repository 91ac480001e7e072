"""Plots and outlooks for other programs, version 1."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from app.api.door import Asking, Home
from app.api.plain import plain
from app.services import farms, outlooks, platform
from app.services.imagery import areas, field_notes, flights, scenes, walks
from app.services.pests import outlooks as warned
from app.services.pests import release

router = APIRouter(prefix="/v1", tags=["v1"])
Id = Annotated[str, Query(max_length=64)]


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


@router.get("/scenes")
def pictured(
    viewer: Asking, home: Home, kind: Literal["satellite", "drone"] | None = None, start: date | None = None,
    end: date | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The pictures from above, the newest first; `id` is that of `/api/pictures/{id}/{layer}.png`.

    `seen` is the share of the asker's plots that a scene shows, `cloud` and `valid` are shares of the whole scene.
    """
    return plain(scenes.listed(viewer, home, kind, start, end))


@router.get("/areas")
def weak_areas(
    viewer: Asking, home: Home, plot: Id | None = None, state: Literal["open", "closed", "all"] = "open"
) -> dict[str, Any]:
    """Where growth is weak, as GeoJSON, the most severe first: since when, how much, hints, how often false."""
    return _collection(areas.table(viewer, home, plot, state=None if state == "all" else state))


@router.get("/trees")
def trees(viewer: Asking, home: Home, farm: Id | None = None) -> dict[str, Any]:
    """The trees of each plot's newest flight, as GeoJSON: crowns where they were drawn, else points."""
    return _collection(flights.placed(flights.newest(viewer, home, farm)[0]))


@router.get("/gaps")
def gaps(viewer: Asking, home: Home, farm: Id | None = None) -> dict[str, Any]:
    """Where trees are missing on each plot's newest flight, as GeoJSON points."""
    return _collection(flights.placed(flights.newest(viewer, home, farm)[1]))


@router.get("/walks")
def kept_walks(viewer: Asking, home: Home) -> list[dict[str, Any]]:
    """The newest walks with their stops in order, the way as GeoJSON in degrees; `done` is of one walk alone."""
    return [_walk(one) for one in walks.listed(viewer, home)]


@router.get("/walks/{walk}")
def kept_walk(walk: str, viewer: Asking, home: Home) -> dict[str, Any]:
    """One walk, and what was found at its stops, by their keys."""
    return _walk(walks.one(viewer, home, walk)) | {"done": plain(field_notes.done(viewer, home, walk))}


def _walk(one) -> dict[str, Any]:
    return plain({key: value for key, value in vars(one).items() if key != "by"})


def _collection(frame) -> dict[str, Any]:
    rows = frame.drop(columns="geometry").to_dict("records")
    features = [
        {"type": "Feature", "id": row.get("id"), "geometry": plain(shape), "properties": plain(row)}
        for row, shape in zip(rows, frame.geometry, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
