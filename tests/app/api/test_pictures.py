"""Pictures by address: PNG for who may see the ground, others' flights unknown, odd boxes refused."""

import io

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from agro.farm import Role
from agro.store.rights import OPERATOR
from app.api.machine import make_api
from app.gate import COOKIE
from app.services import accounts
from tests.app.views import picture_home

PASSWORD = "terrace-42-orchard"  # noqa: S105


@pytest.fixture(scope="module")
def pictured(tmp_path_factory):
    home = picture_home.make(tmp_path_factory.mktemp("pictures"))
    for name, role in (("grower", Role.GROWER), ("station", Role.STATION), ("supplier", Role.SUPPLIER)):
        accounts.add(OPERATOR, home, name, role, PASSWORD)
    accounts.own(OPERATOR, home, "grower", "甲果园")
    return home


@pytest.fixture(scope="module")
def people(pictured):
    """Clients that carry the session of each person."""
    application = make_api(pictured)  # alone: a process runs one set of pages, and another test may have it
    found = {"nobody": TestClient(application)}
    for name in ("grower", "station", "supplier"):
        token = accounts.sign_in(pictured, name, PASSWORD, "testclient")
        found[name] = TestClient(application, cookies={COOKIE: token})
    return found


@pytest.fixture(scope="module")
def scenes(pictured):
    """Ids: the newest satellite scene and its forerunner, the own flight, the neighbour's."""
    satellite = [one.id for one in pictured.store.scenes("satellite")]
    drone = {one.product: one.id for one in pictured.store.scenes("drone")}
    return {"new": satellite[0], "old": satellite[1], "own": drone["odm_20240901"], "others": drone["odm_others"]}


def asked(people, who, scene, layer, **query):
    return people[who].get(f"/pictures/{scene}/{layer}.png", params=query)


def pixels(answer):
    return np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))


@pytest.mark.parametrize(("layer", "kind"), [("true_colour", "webp"), ("index", "png"), ("quality", "png")])
def test_a_layer_is_a_picture_that_only_the_asker_keeps(people, scenes, layer, kind):
    answer = asked(people, "grower", scenes["new"], layer)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"image/{kind}"
    assert answer.headers["cache-control"].startswith("private")
    assert pixels(answer)[..., 3].max() == 255


def test_a_grower_sees_less_of_an_index_than_the_station(people, scenes):
    own, every = (pixels(asked(people, who, scenes["new"], "index"))[..., 3] > 0 for who in ("grower", "station"))
    assert own.shape == every.shape
    assert 0.1 < own.sum() / every.sum() < 0.8
    assert not (own & ~every).any()


def test_anothers_flight_reads_as_if_there_were_none(people, scenes):
    hidden = asked(people, "grower", scenes["others"], "true_colour")
    unknown = asked(people, "grower", "0" * 36, "true_colour")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json()["zh"].replace(scenes["others"], "") == unknown.json()["zh"].replace("0" * 36, "")
    assert asked(people, "station", scenes["others"], "true_colour").status_code == 200


def test_a_flight_is_shown_to_its_grower_in_the_box_asked_for(people, scenes, pictured):
    west, south, east, north = next(one for one in pictured.store.scenes("drone") if one.id == scenes["own"]).bounds
    middle = (west + east) / 2
    half = asked(people, "grower", scenes["own"], "true_colour", box=f"{west},{south},{middle},{north}")
    whole = asked(people, "grower", scenes["own"], "true_colour")
    assert half.status_code == whole.status_code == 200
    assert pixels(half).shape[1] == pytest.approx(pixels(whole).shape[1] / 2, rel=0.05)


@pytest.mark.parametrize(
    "box",
    ["1,2,3", "a,b,c,d", "109,30,108,31", "109,91,110,92", "nan,nan,nan,nan", "-181,0,0,1", "1,2,3,4,5", "inf,0,1,1"],
)
def test_a_box_that_is_none_is_refused_in_both_languages(people, scenes, box):
    answer = asked(people, "grower", scenes["new"], "index", box=box)
    assert answer.status_code == 422
    assert set(answer.json()) == {"en", "zh"}


@pytest.mark.parametrize(
    ("layer", "query"),
    [("index", {"index": "no_such"}), ("no_such", {}), ("change", {}), ("index", {"relative": "perhaps"}),
     ("index", {"index": "x" * 33}), ("index", {"index": "../ndvi"})],
)  # fmt: skip
def test_what_is_no_layer_is_refused(people, scenes, layer, query):
    answer = asked(people, "grower", scenes["new"], layer, **query)
    assert answer.status_code in (404, 422)
    assert set(answer.json()) == {"en", "zh"}


def test_a_change_is_drawn_between_two_dates(people, scenes):
    answer = asked(people, "grower", scenes["new"], "change", earlier=scenes["old"])
    assert answer.status_code == 200
    assert pixels(answer)[..., 3].max() == 255


def test_a_plot_of_others_cannot_be_asked_for(people, scenes):
    assert asked(people, "grower", scenes["new"], "index", plot="p10").status_code == 404
    assert asked(people, "grower", scenes["new"], "index", plot="p01").status_code == 200


def test_who_may_not_see_pictures_gets_none(people, scenes):
    assert asked(people, "nobody", scenes["new"], "index").status_code == 401
    assert asked(people, "supplier", scenes["new"], "index").status_code == 403
