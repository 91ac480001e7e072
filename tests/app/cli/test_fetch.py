"""`citrus fetch` when nobody answers."""

import pytest

from tests.app import small


@pytest.mark.parametrize("words", [("weather", "--years", 1), ("weather", "--provider", "nasa-power"), ("forecast",)])
def test_a_service_that_cannot_be_reached_is_told_in_a_sentence(citrus, small_home, monkeypatch, words):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for variable in ("CITRUS_OPEN_METEO_URL", "CITRUS_NASA_POWER_URL"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")
    monkeypatch.setattr("tenacity.nap.time.sleep", lambda seconds: None)
    before = small.standing(small_home)
    said = citrus("fetch", *words, "--home", small_home, "--json")
    assert (said.code, said.json["status"]) == (2, "refused")
    assert "127.0.0.1" in said.error["zh"]
    assert "4 次尝试" in said.error["zh"]
    assert "Traceback" not in said.err
    assert small.standing(small_home) == before


def test_an_unknown_service_is_refused_with_those_that_are_known(citrus, small_home):
    said = citrus("fetch", "weather", "--provider", "weather-god", "--home", small_home, "--json")
    assert (said.code, "open-meteo" in said.error["zh"]) == (2, True)
