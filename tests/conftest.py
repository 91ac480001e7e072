"""What all tests share: where the real inputs lie, and quiet, repeatable property tests."""

import fcntl
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], max_examples=50
)
settings.load_profile("house")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real inputs; tests that want it skip where it does not lie."""
    folder = Path(os.environ.get("CITRUS_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real inputs at {folder}; set CITRUS_REAL_DATA")
    return folder


@pytest.fixture(scope="session")
def sample_county(tmp_path_factory) -> Path:
    """The folder of the synthetic sample county with one finished run, not to be written to.

    It is made once for all workers, as it takes minutes; CITRUS_TEST_HOME names one that is made already.
    """
    if made := os.environ.get("CITRUS_TEST_HOME"):
        return Path(made)
    from app.services import demo

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, whole = shared / "county", shared / "county.whole"
    with (shared / "county.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            demo.make(folder, members=12)
            whole.touch()
    return folder


@pytest.fixture(scope="session")
def table():
    """Return a reader of `tests/tables/NAME.csv`: list of rows as dicts, numbers as floats."""
    import csv

    def read(name: str) -> list[dict]:
        lines = (ROOT / "tests" / "tables" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        return [{key: _number(value) for key, value in row.items()} for row in rows]

    return read


def _number(text: str):
    try:
        return float(text)
    except ValueError:
        return text
