"""Plots and outlooks for programs: the rights of the pages, refusals in both languages."""

import pytest

from app.gate import COOKIE

PATHS = [
    "/api/v1/plots",
    "/api/v1/outlook",
    "/api/v1/plots/p1/outlook",
    "/api/v1/status",
    "/api/v1/sentences",
    "/api/style.json",
]


def test_health_is_open_to_all(nobody):
    assert nobody.get("/api/health").json() == {"ok": True}


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_answered_401_in_both_languages(nobody, path):
    answer = nobody.get(path)
    assert answer.status_code == 401
    assert set(answer.json()) == {"en", "zh"}
    nobody.cookies.set(COOKIE, "forged")
    assert nobody.get(path).status_code == 401


def test_a_bearer_token_is_as_good_as_a_cookie(signed_in, nobody):
    token = signed_in("grower").cookies[COOKIE]
    assert nobody.get("/api/v1/plots", headers={"authorization": f"Bearer {token}"}).status_code == 200
    assert nobody.get("/api/v1/plots", headers={"authorization": f"Basic {token}"}).status_code == 401


def test_a_grower_sees_own_plots_and_an_agronomist_all(signed_in):
    def names(person):
        return {feature["id"] for feature in signed_in(person).get("/api/v1/plots").json()["features"]}

    assert names("grower") == {"p1"}
    assert names("agronomist") == {"p1", "p2"}


def test_plots_are_geojson_in_degrees(signed_in):
    found = signed_in("grower").get("/api/v1/plots").json()
    feature = found["features"][0]
    assert found["type"] == "FeatureCollection"
    assert feature["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert feature["properties"]["cultivar"] == "navel"
    assert feature["properties"]["planted"] is None


def test_a_supplier_is_refused_403(signed_in):
    answer = signed_in("supplier").get("/api/v1/plots")
    assert answer.status_code == 403
    assert answer.json()["zh"] != answer.json()["en"]


def test_a_strangers_plot_is_as_unknown_as_one_that_never_was(signed_in):
    visitor = signed_in("grower")
    for plot in ("p2", "nothing"):
        assert visitor.get(f"/api/v1/plots/{plot}/outlook").status_code == 404
    assert visitor.get("/api/v1/plots/..%2F..%2Fcitrus.db/outlook").status_code in (400, 404)


def test_an_outlook_before_the_first_run_is_404_with_the_next_step(signed_in):
    answer = signed_in("grower").get("/api/v1/plots/p1/outlook")
    assert answer.status_code == 404
    assert set(answer.json()) == {"en", "zh"}


def test_a_date_that_is_none_is_422(signed_in):
    answer = signed_in("grower").get("/api/v1/outlook?on=yesterday")
    assert answer.status_code == 422
    assert set(answer.json()) == {"en", "zh"}


def test_an_unknown_address_is_404_in_both_languages(signed_in):
    answer = signed_in("grower").get("/api/v2/plots")
    assert answer.status_code == 404
    assert set(answer.json()) == {"en", "zh"}


def test_the_description_is_served_and_its_pages_are_not(signed_in):
    visitor = signed_in("grower")
    assert "/v1/plots" in visitor.get("/api/openapi.json").json()["paths"]
    assert visitor.get("/api/docs").status_code == 404


def test_the_text_page_has_no_script_and_shows_own_plots_only(signed_in):
    text = signed_in("grower").get("/lite").text
    assert "<script" not in text
    assert "屋后坡&lt;script&gt;" in text
    assert "河边地" not in text
    assert "15.0 亩（1.00 公顷）" in text
    assert "合成" in text
    assert "mu (" in signed_in("grower").get("/lite?lang=en").text


def test_the_text_page_is_closed_to_nobody(nobody):
    assert nobody.get("/lite").status_code in (303, 401)
