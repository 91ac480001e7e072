"""A hillside with three years of pictures: one plot that falls, one with a weak part, made once a run."""

import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from shapely.geometry import box

from agro.store.rights import OPERATOR
from app.services import imports, regions
from app.services.imagery import bring_in, monitor
from app.services.platform import Platform, open_platform
from remote_sensing import sensor
from remote_sensing.scene import Quality
from tests.app import small
from tests.app.services.imagery import ground_truth as truth

LAST = datetime(2024, 9, 10, 3, 20)
"""The newest picture; platforms of these tests live three days later."""
TODAY = date(2024, 9, 13)
FALLEN, PATCHED = "p03", "p10"


def passes() -> list[datetime]:
    """Return the days of the pictures: every 12 days in the last season, every 30 days before."""
    season = [LAST - timedelta(days=12 * k) for k in range(6)]
    return [*(season[-1] - timedelta(days=30 * k) for k in range(36, 0, -1)), *season[::-1]]


def patch():
    """Return the weak part of `PATCHED`: 80 m by 80 m (9.6 mu) in its middle."""
    x, y = truth.outlines().iloc[9].centroid.coords[0]
    return box(x - 40, y - 40, x + 40, y + 40)


def planted(day: datetime) -> dict:
    """Return {shape: drop of NDVI} on a day: the plot falls on the last four pictures, its part on the last three."""
    late = (LAST - day).days
    found = {}
    if late <= 36:
        found[truth.outlines().iloc[2]] = 0.14
    if late <= 24:
        found[patch()] = 0.12
    return found


def settled(folder: Path) -> Platform:
    """Return a platform with the hillside's elevation model and plots, its clock on `TODAY`."""
    home = open_platform(folder / "home")
    regions.create(OPERATOR, home, name="小河谷", crs=truth.CRS, synthetic=True)
    imports.commit(OPERATOR, home, "dem", small.write_dem(folder / "dem.tif"))
    truth.settle(home)
    return on(home)


def on(home: Platform) -> Platform:
    """Return the platform with its clock on `TODAY`."""
    home.store.clock = lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 4, tzinfo=UTC)
    return home


def show(home: Platform, day: datetime, ndvi=None, *, cloud=None) -> bring_in.Brought:
    """Bring in one picture without a file, as a reader would give it; `cloud` is a shape that the sky hides."""
    camera = sensor.named("sentinel2_l2a")
    seen = truth.scene(day, truth.field(day, planted(day)) if ndvi is None else ndvi)
    if cloud is not None:
        seen.quality.to_numpy()[truth.inside(cloud)] = Quality.CLOUD
    return bring_in.keep(
        OPERATOR, home, camera, seen.product, f"{day:%Y%m%d}", lambda bounds, crs: seen, None, source="test"
    )


@pytest.fixture(scope="session")
def _bare(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    settled(folder).store.close()
    return folder / "home"


@pytest.fixture(scope="session")
def _pictured(_bare, tmp_path_factory) -> Path:
    folder = Path(shutil.copytree(_bare, tmp_path_factory.mktemp("pictured") / "home"))
    home = on(open_platform(folder))
    for day in passes():
        show(home, day)
    monitor.run(OPERATOR, home, TODAY)
    home.store.close()
    return folder


@pytest.fixture
def bare(_bare, tmp_path) -> Platform:
    """A platform with plots and no picture, free to be written to."""
    return on(open_platform(Path(shutil.copytree(_bare, tmp_path / "bare"))))


@pytest.fixture(scope="session")
def pictured(_pictured) -> Platform:
    """A platform with three years of pictures that were judged on `TODAY`; not to be written to."""
    return on(open_platform(_pictured))


@pytest.fixture
def pictured_copy(_pictured, tmp_path) -> Platform:
    """The same, free to be written to."""
    return on(open_platform(Path(shutil.copytree(_pictured, tmp_path / "pictured"))))
