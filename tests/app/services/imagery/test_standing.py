"""Plots that came after a picture: told of, and seen once it is brought in again."""

from datetime import datetime

import pytest

from agro.store import EVERYTHING, OPERATOR
from app.services.imagery import bring_in, extent, retabulating, standing
from remote_sensing import sensor
from tests.app.services.imagery import ground_truth as truth

DAY = datetime(2024, 8, 1, 3, 20)


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """Keep 40 m around the plots, so that the picture shows ground that is not kept."""
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 4e6))


def test_a_plot_that_came_after_a_picture_is_told_of_and_seen_when_it_is_brought_in_again(bare, tmp_path):
    path = truth.write_scene(tmp_path, DAY, truth.field(DAY))
    first = bring_in.satellite(OPERATOR, bare, path)
    assert standing.without_history(OPERATOR, bare) == []
    truth.plant(bare, 1450.0)
    retabulating.retabulated(bare, bare.store.scene(first.scene.id), extent.plots(bare))  # as the monitoring does
    assert "p17" not in set(bare.store.plot_pictures(EVERYTHING)["plot"])
    (told,) = standing.without_history(OPERATOR, bare)
    assert "1 plots came after 1 pictures" in told.en
    assert standing.without_history(truth.grower(bare, "f2"), bare) == [told]
    assert standing.without_history(truth.grower(bare, "f1"), bare) == []
    again = bring_in.satellite(OPERATOR, bare, path)
    assert (again.told, again.scene.id, again.plots) == ("replaced", first.scene.id, 17)
    assert any("read again for 1 plots" in one.en for one in again.findings)
    assert not any("earlier processing" in one.en for one in again.findings)
    assert "p17" in set(bare.store.plot_pictures(EVERYTHING)["plot"])
    assert standing.without_history(OPERATOR, bare) == []
    assert bring_in.satellite(OPERATOR, bare, path).told == "same"


@pytest.mark.parametrize(("east", "south"), [(1300.0, 300.0), (5000.0, 400.0)])
def test_a_plot_within_the_kept_ground_or_beyond_the_picture_asks_for_nothing(bare, tmp_path, east, south):
    path = truth.write_scene(tmp_path, DAY, truth.field(DAY))
    bring_in.satellite(OPERATOR, bare, path)
    truth.plant(bare, east - 120 if east < 2000 else east, south)
    assert standing.without_history(OPERATOR, bare) == []
    assert bring_in.satellite(OPERATOR, bare, path).told == "same"


def test_a_plot_across_two_pieces_is_kept_whole(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(extent, "number", lambda section, name: {"margin": 40.0}.get(name, 40.0**2))
    path = truth.write_scene(tmp_path, DAY, truth.field(DAY))
    told = bring_in.satellite(OPERATOR, bare, path)
    assert told.scene.about["pieces"] > 8
    truth.plant(bare, 450.0, 450.0)  # across the path between four plots
    assert standing.without_history(OPERATOR, bare) == []


def test_scenes_of_a_catalogue_are_read_again_too(bare):
    camera, seen = sensor.named("sentinel2_l2a"), truth.scene(DAY, truth.field(DAY))
    west, south, east, north = truth.WEST, truth.NORTH - 1600, truth.WEST + 1600, truth.NORTH

    def read(bounds, crs):
        return seen.with_(grids={k: grid.rio.clip_box(*bounds) for k, grid in seen.grids.items()},
                          quality=seen.quality.rio.clip_box(*bounds))  # fmt: skip

    def brought():
        return bring_in.keep(
            OPERATOR, bare, camera, seen.product, "digest", read, (west, south, east, north), source="t"
        )

    assert brought().told == "added"
    assert brought().told == "same"
    truth.plant(bare, 1450.0)
    assert brought().told == "replaced"
    assert brought().told == "same"
