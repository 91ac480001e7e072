"""Scenes that several tests read; they may look and not touch."""

import pytest

from tests.remote_sensing import making


@pytest.fixture(scope="session")
def safe(tmp_path_factory):
    """A Sentinel-2 product of baseline 04.00 as a SAFE folder."""
    return making.safe_folder(tmp_path_factory.mktemp("safe"))


@pytest.fixture(scope="session")
def flat(tmp_path_factory):
    """A Sentinel-2 scene as a folder of GeoTIFFs, with a STAC item of baseline 05.11."""
    folder = tmp_path_factory.mktemp("flat") / "S2A_T48RXT_20250715T032541_L2A"
    return making.flat_folder(folder, item=making.stac_item())
