"""One demo for all tests of the app: made and computed once a run; who writes into it takes a copy."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory) -> Path:
    """The folder of the synthetic sample county with one finished run; not to be written to."""
    from app.services import demo

    folder = tmp_path_factory.mktemp("demo") / "home"
    demo.make(folder, members=12)
    return folder


@pytest.fixture
def demo_copy(demo_home, tmp_path) -> Path:
    """A copy of the sample county that a test may change."""
    return Path(shutil.copytree(demo_home, tmp_path / "home"))
