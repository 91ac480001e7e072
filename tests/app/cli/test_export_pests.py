"""`citrus export outlook --of pests`: the form follows the file's ending, and is refused where it is not written."""

import csv
import json

import pytest

from tests.app.services.pests.pest_rows import made


@pytest.fixture
def home(tmp_path):
    return made(tmp_path / "home", [], plots=2, farms=2).home


def test_an_ending_in_json_is_the_form_of_ipm_decisions(citrus, home, tmp_path):
    said = citrus("export", "outlook", "--of", "pests", "--out", tmp_path / "p.json", "--home", home, "--json")
    assert said.code == 0
    document = json.loads((tmp_path / "p.json").read_text("utf-8"))
    assert {"timeStart", "locationResult"} <= set(document["models"][0]["output"])


def test_an_ending_in_csv_is_a_table_and_a_form_that_is_named_wins(citrus, home, tmp_path):
    assert citrus("export", "outlook", "--of", "pests", "--out", tmp_path / "p.csv", "--home", home).code == 0
    assert "level_zh" in next(csv.reader((tmp_path / "p.csv").read_text("utf-8-sig").splitlines()))
    named = citrus(
        "export", "outlook", "--of", "pests", "--out", tmp_path / "p.txt", "--format", "csv", "--date", "2026-09-20",
        "--home", home,
    )  # fmt: skip
    assert named.code == 0
    assert (tmp_path / "p.txt").read_bytes() == (tmp_path / "p.csv").read_bytes()


@pytest.mark.parametrize(
    "words", [("--format", "kml"), ("--date", "2020-01-01")], ids=["a form that is not written", "a day without a run"]
)
def test_what_cannot_be_written_is_the_users_to_mend(citrus, home, tmp_path, words):
    said = citrus("export", "outlook", "--of", "pests", "--out", tmp_path / "p", *words, "--home", home, "--json")
    assert said.code == 2
    assert set(said.error) >= {"en", "zh"}
    assert not (tmp_path / "p").exists()
