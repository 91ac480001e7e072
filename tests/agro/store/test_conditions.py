"""Areas of weak growth are followed, never forgotten, and of others only sums are told."""

from datetime import date

import geopandas as gpd
import pytest
from shapely.geometry import box

from agro.errors import NotAllowedError, NotFoundError
from agro.farm import Farm
from agro.store import EVERYTHING, OPERATOR, Scope

DAY = date(2026, 4, 1)
F1 = Scope(farms=frozenset({"f1"}))


def area(plot="p1", **more):
    row = {
        "id": "", "plot": plot, "kind": "time", "rule": "A", "state": "open", "found": DAY, "since": DAY,
        "last_seen": DAY, "sent": None, "sent_severity": 0, "held": "watch", "closed": None, "n_obs": 3,
        "index": "ndvi", "drop": 0.1, "loss": 0.2, "z": -3.0, "area_m2": 900.0, "area_error_mu": 0.1,
        "share_of_plot": 1.0, "severity": 2, "explained_by": ["work.pruning"],
        "hints": [{"key": "dry", "zh": "可能缺水", "en": "possibly dry", "value": 0.5}], "false_alarms": 0.04,
        "synthetic": True,
    }  # fmt: skip
    x = {"p1": 108.5, "p2": 108.52, "p3": 108.6}[plot]
    return row | more | {"geometry": box(x, 30.9, x + 0.0005, 30.9005)}


def areas(*rows):
    return gpd.GeoDataFrame(list(rows), geometry="geometry", crs="EPSG:4326")


def test_an_area_comes_back_as_it_was_saved_with_its_plot(orchard):
    (identity,) = orchard.save_areas(areas(area()), by=OPERATOR)
    row = orchard.area(identity, F1)
    assert (row["name"], row["farm_name"], row["township"]) == ("North", "Upper Terrace", "Hillside")
    assert row["area_mu"] == pytest.approx(900 / 666.6667, rel=1e-4)
    assert (row["explained_by"], row["hints"][0]["zh"], row["held"]) == (["work.pruning"], "可能缺水", "watch")
    assert row["since"].date() == DAY


def test_a_known_id_is_changed_and_another_is_added(orchard):
    (identity,) = orchard.save_areas(areas(area()))
    orchard.save_areas(areas(area(id=identity, state="closed", closed=DAY), area("p3")))
    assert len(orchard.areas(EVERYTHING)) == 2
    assert list(orchard.areas(EVERYTHING, state="open")["plot"]) == ["p3"]
    orchard.save_areas(areas(area("p2")), forget=[identity])
    assert sorted(orchard.areas(EVERYTHING)["plot"]) == ["p2", "p3"]


def test_nobody_sees_areas_of_others(orchard):
    ids = orchard.save_areas(areas(area(), area("p3")))
    assert list(orchard.areas(F1)["plot"]) == ["p1"]
    with pytest.raises(NotFoundError):
        orchard.area(ids[1], F1)
    with pytest.raises(NotAllowedError):
        orchard.areas(Scope(everything=True, sums_only=True))
    hidden = orchard.areas(Scope(everything=True, anonymous=True))
    assert set(hidden["name"]) == {""}
    assert set(hidden.geom_type) == {"Point"}
    with pytest.raises(NotFoundError):
        orchard.area(ids[0], Scope(everything=True, anonymous=True))


def test_areas_go_with_their_plot(orchard):
    orchard.save_areas(areas(area()))
    orchard.remove_plot("p1")
    assert orchard.areas(EVERYTHING).empty


def test_sums_are_told_of_five_growers_and_not_of_four(orchard, make_plot):
    orchard.save_areas(areas(area(), area("p3")))
    assert orchard.condition_sums(Scope(everything=True, sums_only=True)).empty
    orchard.save_farms([Farm(f"g{k}", f"Grower {k}") for k in range(10)])
    orchard.save_plots(
        [
            make_plot(f"Plot {k}", f"g{k}", x=108.7 + k / 100, township="Hillside" if k < 5 else "Valley")
            for k in range(10)
        ]
    )
    told = orchard.condition_sums(Scope(everything=True, sums_only=True)).set_index("township")
    assert told.loc["Hillside", ["growers", "plots", "weak_plots"]].to_list() == [6, 7, 1]
    assert told.loc["Valley", "weak_area"] == 900.0
