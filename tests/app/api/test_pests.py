"""Pests for programs and for old phones: the rights of the pages, one sentence a plot, a draft until it is issued."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from agro.farm import Role
from agro.store.rights import OPERATOR
from app.services import accounts
from tests.app.services.pests.pest_rows import MITE, ON, made, row

PASSWORD = "terrace-42-orchard"  # noqa: S105
PATHS = ("/api/v1/pests", "/api/v1/pests/sentences")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    rows = [row("p0", "red_mite", level=4, **MITE), row("p1", "red_mite", level=3, recorded=True, **MITE)]
    platform = made(tmp_path_factory.mktemp("pests") / "home", rows, plots=6, farms=3)
    for role in (Role.GROWER, Role.AGRONOMIST, Role.SUPPLIER, Role.OFFICIAL, Role.RESEARCHER):
        accounts.add(OPERATOR, platform, role.value, role, PASSWORD)
    accounts.own(OPERATOR, platform, "grower", "果园0")
    return platform


@pytest.fixture(scope="module")
def application(home):
    from app import asgi
    from app.gate import Gate

    # without pages: a process runs one set of them, and another test may have it
    return Starlette(routes=asgi.routes(home), middleware=[Middleware(Gate, home=home)])


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_refused(application, path):
    assert TestClient(application).get(path).status_code == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("person", ["supplier", "official"])
def test_suppliers_and_officials_get_no_plots(signed_in, path, person):
    answer = signed_in(person).get(path)
    assert answer.status_code == 403
    assert set(answer.json()) == {"en", "zh"}


def test_a_grower_gets_own_plots_in_private_and_an_agronomist_all_as_a_draft(signed_in):
    own = signed_in("grower").get("/api/v1/pests?horizon=15&organism=red_mite").json()
    assert (own["on"], own["release"]) == (ON.isoformat(), "private")
    assert {one["plot"] for one in own["rows"]} == {"p0", "p3"}
    every = signed_in("agronomist").get("/api/v1/pests?horizon=15&organism=red_mite").json()
    assert every["release"] == "draft"
    assert {one["plot"]: one["level"] for one in every["rows"]} == {
        "p0": 4,
        "p1": 3,
        "p2": 2,
        "p3": 2,
        "p4": 2,
        "p5": 2,
    }
    assert all(one["p"] is None for one in every["rows"])
    assert every["rows"][0]["date_p50"] == "2026-09-26"


def test_a_researcher_gets_rows_without_names(signed_in):
    rows = signed_in("researcher").get("/api/v1/pests?horizon=15&organism=red_mite").json()["rows"]
    assert len(rows) == 6
    assert not {f"p{k}" for k in range(6)} & {one["plot"] for one in rows}


def test_flies_stay_with_the_station_before_harvest(signed_in):
    told = signed_in("agronomist").get("/api/v1/pests?horizon=15").json()
    assert "minax" not in {one["organism"] for one in told["rows"]}
    assert "minax" in {one["organism"] for one in signed_in("grower").get("/api/v1/pests").json()["rows"]}


@pytest.mark.parametrize(("ask", "code"), [("horizon=20", 422), ("organism=locust", 404), ("on=2020-01-01", 404)])
def test_what_there_is_not_is_refused_in_both_languages(signed_in, ask, code):
    answer = signed_in("agronomist").get(f"/api/v1/pests?{ask}")
    assert answer.status_code == code
    assert set(answer.json()) == {"en", "zh"}


def test_one_sentence_a_plot_tells_its_next_danger(signed_in):
    told = signed_in("agronomist").get("/api/v1/pests/sentences?language=en").json()
    assert len(told) == 6
    assert told[0]["plot_id"] == "p0"
    assert "Next comes citrus red mite (high): threshold passed about 26 Sep" in told[0]["text"]
    assert "not the same as not sprayed" in told[0]["text"]
    assert "not the same as not sprayed" not in told[1]["text"]


def test_the_plain_page_has_one_sentence_a_plot_and_says_what_is_a_draft(signed_in):
    page = signed_in("agronomist").get("/lite").text
    assert page.count("<li>") == 6
    assert "下一个要防的是红蜘蛛" in page
    assert "草稿，未发布" in page
    own = signed_in("grower").get("/lite?lang=en").text
    assert own.count("Next comes") == 1
    assert "Draft, not issued" not in own


def test_the_plain_page_of_an_official_has_no_pests(signed_in):
    assert "下一个要防的是" not in signed_in("official").get("/lite").text
