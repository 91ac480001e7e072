"""What one visit knows: who, which language, which plot; and the only place where answers are kept."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import streamlit as st

from agro.errors import AgroError, MissingDataError
from agro.farm import Farm, Plot, Preview, Viewer
from agro.store import rights
from app import strings
from app.components import notices
from app.gate import COOKIE
from app.services import (
    accounts,
    exports,
    farms,
    harvest,
    imports,
    jobs,
    limiting,
    observations,
    outlooks,
    platform,
    weather,
)
from app.services import advice as advising
from app.services import fit as fitting
from app.services import fit_county as checking
from app.services import slope_story as slope_services
from app.services import slope_window as slope_maps
from app.services import what_if as trials
from app.services.homes import default_home
from app.services.platform import Platform, Status

SERVICES = {
    "fit": fitting,
    "fit_county": checking,
    "limiting": limiting,
    "what_if": trials,
    "advice": advising,
    "farms": farms,
    "harvest": harvest,
    "outlooks": outlooks,
    "platform": platform,
    "slope_story": slope_services,
    "slope_window": slope_maps,
    "weather": weather,
}


@st.cache_resource(show_spinner=False)
def home() -> Platform:
    """Return the platform in the folder that CITRUS_HOME names."""
    return platform.open_platform(default_home())


def viewer() -> Viewer:
    """Return who is looking; the page ends with a way to sign in when nobody is."""
    token = st.context.cookies.get(COOKIE)
    found = accounts.viewer(home(), token) if token else None
    if found is not None:
        return found
    st.info(t("sign_in.needed"))
    st.link_button(t("sign_in.enter"), "/auth/login", type="primary")
    return st.stop()


def language() -> str:
    """Return "zh" or "en"; Chinese until somebody switches, or the address says ?lang=en."""
    if "language" not in st.session_state:
        st.session_state.language = "en" if st.query_params.get("lang") == "en" else "zh"
    return st.session_state.language


def t(key: str, **values: object) -> str:
    """Return the sentence `key` of the catalogue in the visitor's language."""
    return strings.text(key, language(), **values)


def selected() -> str | None:
    """Return the id of the plot that every page speaks of."""
    if "plot" not in st.session_state:
        st.session_state.plot = st.query_params.get("plot")
    return st.session_state.plot


def select(plot_id: str | None) -> None:
    """Make `plot_id` the plot that every page speaks of."""
    st.session_state.plot = plot_id


def changed() -> None:
    """Forget every kept answer, as something was written."""
    st.cache_data.clear()


@st.cache_data(ttl="1h", max_entries=1000, show_spinner=False)
def kept(service: str, asking: Viewer, stamp: str, arguments: tuple[Any, ...]) -> Any:
    """Return what a service answers to somebody, kept until `stamp` changes; its refusals come through."""
    module, name = service.rsplit(".", 1)
    return getattr(SERVICES[module], name)(asking, home(), *arguments)


def ask(service: str, *arguments: Any) -> Any:
    """Return what a service answers, kept until the next run; the page ends with its sentence when it cannot.

    `service` is "module.function", the module a key of `SERVICES`, to which `app.answers` adds its own.
    """
    try:
        return kept(service, viewer(), platform.stamp(home()), arguments)
    except AgroError as error:
        notices.cannot(error, language(), t)
        st.stop()


def attempt(deed: Callable[..., Any], *positional: Any, **arguments: Any) -> Any:
    """Return what a deed of the viewer gives, or None after its refusal was shown; kept answers are forgotten."""
    try:
        done = deed(viewer(), home(), *positional, **arguments)
    except AgroError as error:
        st.error(error.message(language()))
        return None
    changed()
    return done


def display() -> str:
    """Return what the viewer is called."""
    return accounts.display(home(), viewer())


def drafts() -> bool:
    """Return whether the viewer sees more than own and shared plots: such outlooks are drafts until issued."""
    role = viewer().role
    return may("outlook.sum") or rights.reach(role, "outlook.read") in ("region", "anonymous")


def has_orthophoto() -> bool:
    """Return whether there is an aerial picture to lay under the plots."""
    return platform.has_raster(home(), "orthophoto")


def status() -> Status:
    """Return how the platform stands."""
    return platform.status(viewer(), home())


def plots() -> gpd.GeoDataFrame:
    """Return the viewer's plots."""
    return ask("farms.plots")


def boundaries(level: str) -> gpd.GeoDataFrame:
    """Return outlines of one level."""
    return ask("farms.boundaries", level)


def own_farms() -> list[Farm]:
    """Return the viewer's farms."""
    return ask("farms.farms")


def missing_attributes() -> pd.DataFrame:
    """Return what nobody has told of the plots yet."""
    return ask("farms.missing_attributes")


def cultivars() -> dict[str, str]:
    """Return {key: name} of the cultivar groups."""
    column = 1 if language() == "zh" else 2
    return {entry[0]: entry[column] for entry in farms.cultivars()}


def layers() -> tuple:
    """Return what a map can be coloured by."""
    return outlooks.LAYERS


def county(on: date | None = None) -> gpd.GeoDataFrame:
    """Return plots and their summaries for one issue date."""
    return ask("outlooks.county", on)


def plot_outlook(plot_id: str, on: date | None = None) -> Any:
    """Return all that is foreseen for one plot."""
    return ask("outlooks.plot_outlook", plot_id, on)


def slope_story(plot_id: str, on: date | None = None) -> Any:
    """Return the sun of one plot hour by hour, and what the clouds leave of it."""
    return ask("slope_story.story", plot_id, on)


def slope_map(plot_id: str, on: date | None, side: float) -> Any:
    """Return the map of the slopes around one plot; the first time it is computed."""
    return ask("slope_window.window_map", plot_id, on, side)


def limiting_factors(plot_id: str, on: date | None = None) -> limiting.Limiting:
    """Return what holds back the growth of one plot."""
    return ask("limiting.limiting", plot_id, on)


def suggested_deeds(plot_id: str, on: date | None = None) -> tuple[list[trials.Deed], list[str]]:
    """Return what is worth trying on one plot, and which kinds to try first."""
    return ask("what_if.suggested", plot_id, on)


def what_if(plot_id: str, deeds: list[trials.Deed], on: date | None = None) -> trials.WhatIf:
    """Return what some deeds would change on one plot."""
    return ask("what_if.what_if", plot_id, deeds, on)


def regional(on: date | None = None) -> Any:
    """Return the sums by township that may be told."""
    return ask("outlooks.regional", on)


def sentences(on: date | None = None) -> list:
    """Return what the home page says."""
    return ask("outlooks.sentences", language(), on)


def advice(plot_id: str | None = None, on: date | None = None) -> Any:
    """Return what to do now at one plot, or at all of the viewer's."""
    if plot_id is None:
        return ask("advice.of_viewer", on)
    one = ask("advice.of_plot", plot_id, on)
    return advising.ViewerAdvice(one.issued, advising.grouped([one]), 1, 1)


def advice_of(plot_ids: tuple[str, ...]) -> dict:
    """Return {plot id: advice} for some plots; empty where there is none to give, as it only adds to a page."""
    try:
        return kept("advice.of_plots", viewer(), platform.stamp(home()), (plot_ids,))
    except AgroError:
        return {}


def product_labels() -> dict[str, str]:
    """Return where the current national label is looked up."""
    return advising.labels()


def harvest_plan(on: date | None = None) -> Any:
    """Return in which order the viewer's plots are picked."""
    return ask("harvest.plan", on)


def bigger_first() -> dict[str, str]:
    """Return which fruit of a plot is picked first."""
    return harvest.bigger_first()


def dates() -> list[date]:
    """Return the issue dates that are kept, newest first."""
    return sorted(ask("outlooks.dates"), reverse=True)


def stations() -> pd.DataFrame:
    """Return the weather stations."""
    return ask("weather.stations")


def quality(station_id: str, resolution: str) -> pd.DataFrame:
    """Return how many values of each variable carry which flag."""
    return ask("weather.quality", station_id, resolution)


def recent_jobs() -> list:
    """Return the newest jobs; nobody else's business is shown as none."""
    try:
        return jobs.recent(viewer(), home())
    except AgroError:
        return []


def start_run(**arguments: Any) -> str | None:
    """Return the id of a daily run that now waits for the worker."""
    return attempt(jobs.submit, "run", **arguments)


def preview(kind: str, path: Any, **answers: Any) -> Preview | None:
    """Return what was understood of a file, or None after its refusal was shown."""
    try:
        return imports.preview(viewer(), home(), kind, path, **answers)
    except AgroError as error:
        st.error(error.message(language()))
        return None


def commit(kind: str, path: Any, **answers: Any) -> Any:
    """Return the report of an import, or None after its refusal was shown."""
    return attempt(imports.commit, kind, path, **answers)


def weather_template(resolution: str) -> str:
    """Return the CSV that a station's weather can be written into."""
    return imports.weather_template(resolution)


def observation_template() -> str:
    """Return the CSV that observations can be written into."""
    return imports.observation_template()


def observation_kinds() -> dict[str, str]:
    """Return {key: name} of what can be observed."""
    return {key: getattr(kind, language()) for key, kind in observations.kinds().items()}


def observation_units() -> dict[str, str]:
    """Return {key: unit} of what can be observed."""
    return {key: kind.unit for key, kind in observations.kinds().items()}


def today() -> date:
    """Return the day it is in the region."""
    return observations.today(home())


def add_plot(**attributes: Any) -> Plot | None:
    """Return the new plot, or None after its refusal was shown."""
    return attempt(farms.add_plot, **attributes)


def change_plot(plot_id: str, **attributes: Any) -> Plot | None:
    """Return the changed plot, or None after its refusal was shown."""
    return attempt(farms.change_plot, plot_id, **attributes)


def may(action: str) -> bool:
    """Return whether the viewer may do `action` at all; the services decide again when it is done."""
    return rights.allowed(viewer(), action)


def export(what: str, path: Path, kind: str, **more: Any) -> Path | None:
    """Return the file written by an export, or None after its refusal was shown."""
    try:
        return getattr(exports, what)(viewer(), home(), path, kind, **more)
    except AgroError as error:
        st.error(error.message(language()))
        return None


def plot_of(plot_id: str) -> Plot:
    """Return one plot with all its attributes."""
    return ask("farms.plot", plot_id)


def limits() -> tuple[dict[str, str], ...]:
    """Return what the models are known not to know."""
    return outlooks.limits()


def broken(error: Exception) -> bool:
    """Say in the visitor's language that a page failed; the cause stands in the log, not on the page."""
    logging.getLogger(__name__).error("page failed", exc_info=error)
    st.error(t("empty.broken"), icon=":material/build:")
    return True


def narrow() -> bool:
    """Return whether the visitor looks at a phone."""
    return "Mobile" in (st.context.headers.get("User-Agent") or "")


def plot_fit(plot_id: str) -> Any:
    """Return one plot's fit to its readings; None, after saying so, where nothing was read yet."""
    try:
        return kept("fit.of_plot", viewer(), platform.stamp(home()), (plot_id,))
    except MissingDataError as error:
        notices.cannot(error, language(), t)
        return None
    except AgroError as error:
        notices.cannot(error, language(), t)
        st.stop()


def fit_check() -> tuple[date | None, pd.DataFrame]:
    """Return the day of the newest check against plots kept back, and its scores by kind."""
    return ask("fit_county.scores")


def note_bloom(plot_id: str, day: date) -> Any:
    """Return the noted full bloom and what is odd about it, or None after its refusal was shown."""
    return attempt(fitting.note_bloom, plot_id, day)
