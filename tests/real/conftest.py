"""Platforms made of real files, once for all tests of this folder, by the commands that a person would type."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from tests.real.commands import Answer, in_process, in_terminal
from tests.real.orchard import traced_plots

DAY = "2017-09-20"
MEMBERS = 12
CULTIVAR = "navel"  # ours: the land use map says orchard and no more


@dataclass(frozen=True)
class Hill:
    """The Youwuzhen catchment in a platform, with what each command answered and the exported outlook."""

    home: Path
    data: Path
    traced: gpd.GeoDataFrame
    answers: dict[str, Answer]
    outlook: pd.DataFrame


def outlook_of(home: Path) -> pd.DataFrame:
    """Return the exported outlook of the platform in `home`, plots by name."""
    file = home / "outlook.csv"
    answer = in_process(home, "export", "outlook", "--out", file)
    assert answer.code == 0, answer.said
    return pd.read_csv(file).sort_values("name").reset_index(drop=True)


def weather_files(data: Path) -> tuple[object, ...]:
    """Return what stands behind `citrus import weather` for the station and its rain gauge."""
    folder = data / "weather" / "youwuzhen"
    return folder / "meteo_daily.csv", "--rain", folder / "pcp_daily.csv"


@pytest.fixture(scope="session")
def hill(real_data, tmp_path_factory) -> Hill:
    """The hill with its plots and weather, computed for one day; tests may read it and no more."""
    home = tmp_path_factory.mktemp("hill") / "home"
    traced = traced_plots(real_data / "dem" / "youwuzhen_landuse30m.tif", CULTIVAR)
    traced.to_file(home.parent / "plots.gpkg")
    steps = {
        "init": ("init", "--name", "尤坞镇"),
        "dem": ("import", "dem", real_data / "dem" / "youwuzhen_dem30m.tif"),
        "plots": ("import", "plots", home.parent / "plots.gpkg"),
        "weather": ("import", "weather", *weather_files(real_data)),
        "run": ("run", "--date", DAY, "--members", MEMBERS),
    }
    answers = {}
    for name, words in steps.items():
        command = in_terminal if name in ("init", "run") else in_process  # a new interpreter takes seconds to wake
        answers[name] = command(home, *words)
        assert answers[name].code == 0, answers[name].said
    return Hill(home, real_data, traced, answers, outlook_of(home))


@pytest.fixture
def copied(hill, tmp_path) -> Path:
    """A copy of the hill's platform to do with as one likes."""
    return Path(shutil.copytree(hill.home, tmp_path / "home"))
