"""Platforms to test with: a small one made in seconds, and the sample county made once a run."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.app import small


@pytest.fixture(scope="session")
def small_files(tmp_path_factory) -> SimpleNamespace:
    """Good files of each kind: dem, plots, weather, boundaries."""
    folder = tmp_path_factory.mktemp("files")
    return SimpleNamespace(
        dem=small.write_dem(folder / "dem.tif"),
        plots=small.write_plots(
            folder / "plots.geojson",
            {"name": "河边地", "farm": "甲果园", "cultivar": "脐橙", "planted": 2010, "at": (109.3350, 30.9050)},
            {"name": "屋后坡", "farm": "乙果园", "cultivar": "夏橙", "at": (109.3400, 30.9070)},
        ),
        weather=small.write_weather(folder / "weather.csv", "2019-01-01", small.LAST_DAY),
        boundaries=small.write_plots(
            folder / "towns.geojson", {"name": "甲镇", "geometry": small.outline(109.30, 30.88, 0.06)}
        ),
    )


@pytest.fixture(scope="session")
def _small_made(tmp_path_factory, small_files) -> Path:
    from agro.store.rights import OPERATOR
    from app.services import imports, regions
    from app.services.platform import open_platform

    folder = tmp_path_factory.mktemp("small") / "home"
    platform = open_platform(folder)
    regions.create(OPERATOR, platform, name="小河谷")
    for kind in ("dem", "plots", "weather"):
        imports.commit(OPERATOR, platform, kind, getattr(small_files, kind))
    platform.store.close()
    return folder


@pytest.fixture
def small_home(_small_made, tmp_path) -> Path:
    """A platform of two plots, a small elevation model and five years of one station, free to be written to."""
    return shutil.copytree(_small_made, tmp_path / "small")


@pytest.fixture(scope="session")
def demo_home(sample_county) -> Path:
    """The folder of the synthetic sample county with one finished run; not to be written to."""
    return sample_county


@pytest.fixture
def demo_copy(demo_home, tmp_path) -> Path:
    """A copy of the sample county that a test may change."""
    return Path(shutil.copytree(demo_home, tmp_path / "home"))
