"""Pages without a browser: a viewer, and services that answer with small tables made by hand."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from agro.farm import Region, Viewer
from app import session
from app.services.platform import Status
from tests.app.views import picture_home
from tests.app.views.answers.growth import county, outlook
from tests.app.views.answers.orchard import ISSUED, VIEWER, day
from tests.app.views.answers.services import EMPTY, FULL

MAIN = Path(__file__).parents[3] / "app" / "main.py"


@pytest.fixture
def platform(monkeypatch):
    """Give a function that makes the services answer as told: {service: function}, and how the platform stands."""
    st.cache_data.clear()
    monkeypatch.setattr(session, "viewer", lambda: VIEWER)
    monkeypatch.setattr(session.platform, "stamp", lambda home: "")
    monkeypatch.setattr(session, "display", lambda: VIEWER.name)
    monkeypatch.setattr(session, "has_orthophoto", lambda: False)
    monkeypatch.setattr(session, "home", lambda: SimpleNamespace(home=Path(".")))
    monkeypatch.setattr(session, "recent_jobs", lambda: [])
    monkeypatch.setattr(session, "today", lambda: ISSUED)

    def answers(services: dict, full: bool = True) -> None:
        region = Region("r", "青岩县（合成）", "EPSG:32649", synthetic=True) if full else None
        found = Status(region, full, ISSUED if full else None, ISSUED if full else None, 2 * full, 1 * full, full, [])
        monkeypatch.setattr(session, "status", lambda: found)
        monkeypatch.setattr(session, "kept", lambda service, asking, stamp, arguments: services[service](*arguments))

    return answers


@pytest.fixture
def open_page(platform):
    """Give a function that opens one page in one language."""

    def opened(view: str, language: str = "zh", services: dict = FULL, full: bool = True) -> AppTest:
        platform(services, full)
        at = AppTest.from_file(str(MAIN), default_timeout=60)
        at.session_state["language"] = language
        at.run()
        return at if view == "home" else at.switch_page(f"views/{view}.py").run()

    return opened


TEXTS = (
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "info",
    "warning",
    "error",
    "success",
    "button",
    "selectbox",
    "expander",
    "metric",
)


def shown(at: AppTest) -> str:
    parts = [element.proto.body for element in at.get("html")]
    for kind in TEXTS:
        for element in at.get(kind):
            names = ("label",) if kind == "selectbox" else ("value", "label")  # the value of a choice is its key
            parts += [str(getattr(element, name, "") or "") for name in names]
    return "\n".join(parts)


@pytest.fixture(scope="session")
def seen():
    """Give a function that returns all text of a page."""
    return shown


@pytest.fixture(scope="session")
def services():
    """Give the answers of a full and of an empty platform."""
    return SimpleNamespace(full=FULL, empty=EMPTY, county=county, outlook=outlook, day=day)


@pytest.fixture(scope="session")
def pictured(tmp_path_factory):
    """A platform with satellite and drone pictures of sixteen plots; not to be written to."""
    return picture_home.make(tmp_path_factory.mktemp("pictured"))


@pytest.fixture(scope="session")
def unpictured(tmp_path_factory):
    """The same plots without a picture; not to be written to."""
    return picture_home.bare(tmp_path_factory.mktemp("unpictured"))


@pytest.fixture
def open_as(monkeypatch):
    """Give a function that opens a page of a real platform as somebody; `state` is what was chosen before."""

    def opened(home, viewer: Viewer, view: str, language: str = "zh", **state) -> AppTest:
        st.cache_data.clear()
        monkeypatch.setattr(session, "viewer", lambda: viewer)
        monkeypatch.setattr(session, "home", lambda: home)
        at = AppTest.from_file(str(MAIN), default_timeout=120)
        at.session_state["language"] = language
        at.run()
        for name, value in state.items():
            at.session_state[name] = value
        return at.switch_page(f"views/{view}.py").run()

    return opened
