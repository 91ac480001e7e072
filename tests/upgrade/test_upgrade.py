"""A home of every earlier release opens with this one, and nothing in it is lost."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from pandas import DataFrame

from agro.farm import Count, Observation, Sample, Treatment
from agro.store import EVERYTHING, OPERATOR, Store, Visit

HOMES = sorted(Path(__file__).parent.glob("home_*.sql"))


def test_the_first_release_is_kept():
    assert HOMES


@pytest.mark.parametrize("dump", HOMES, ids=lambda path: path.stem)
def test_a_home_of_an_earlier_release_opens_with_all_it_kept(dump, tmp_path):
    with sqlite3.connect(tmp_path / "citrus.db") as database:
        database.executescript(dump.read_text(encoding="utf-8"))
    store = Store(tmp_path)
    store.migrate()
    assert store.region().name == "云谷县（合成示例）"
    assert list(store.boundaries("township")["name"]) == ["橙溪镇"]
    plot = store.plot("东坡1号", EVERYTHING)
    assert (plot.cultivar, plot.planted, plot.spacing) == ("navel", 2012, (4.0, 3.0))
    assert plot.geometry.bounds == pytest.approx((109, 30, 109.01, 30.01))
    assert store.viewer_of("grower").farms == ("f1",)
    summary = store.outlook_summary(EVERYTHING)
    assert str(summary["bloom_p50"].iloc[0].date()) == "2026-04-14"
    assert summary["diameter_p50"].iloc[0] == pytest.approx(69.2)
    assert store.latest_run().counts == {"plots": 1}
    assert [station.name for station in store.stations()] == ["河谷示例站"]
    assert store.observations(EVERYTHING).empty  # a table that the first release had not
    store.add_observations([Observation("", plot.id, "bloom_65", date(2026, 4, 12))])
    assert len(store.observations(EVERYTHING)) == 1
    assert store.treatments(EVERYTHING).empty
    store.add_treatments([Treatment("", plot.id, date(2026, 5, 6), "spray", groups=("FRAC M03",))])
    store.add_counts([Count("", plot.id, "melanose", date(2026, 6, 20), "fruit", 100, 12)])
    store.add_sample(Sample("", plot.id, "huanglongbing", date(2026, 6, 20)))
    assert (len(store.treatments(EVERYTHING)), len(store.counts(EVERYTHING))) == (1, 1)
    assert len(store.samples(EVERYTHING, OPERATOR)) == 1
    assert (store.releases(), store.alert_marks("grower")) == ([], {})
    assert (store.scenes(), len(store.areas(EVERYTHING)), len(store.visits(EVERYTHING))) == ([], 0, 0)
    store.save_trees(plot.id, DataFrame({"number": [1], "longitude": [109.0], "latitude": [30.0]}), date(2026, 6, 20))
    store.add_visit(Visit(plot.id, "plot", plot.id, date(2026, 6, 20), "weak"))
    assert (len(store.trees(EVERYTHING)), len(store.visits(EVERYTHING))) == (1, 1)
