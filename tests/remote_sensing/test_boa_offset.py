from datetime import datetime

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import boa_offset, sensor
from remote_sensing.boa_offset import Facts
from remote_sensing.reading import item, names, safe_xml, scaling
from tests.remote_sensing import making

S2 = sensor.named("sentinel2_l2a")
INSIDE = np.random.default_rng(0).integers(1020, 1900, 5000)  # numbers with 1000 still in them
OUTSIDE = INSIDE - 1000


def declared(properties=None, assets=None, collection=None, name="", override=None):
    """Return what the item of a catalogue asks for."""
    entry = {**making.stac_item(name or "x"), "collection": collection, "assets": assets or {}}
    entry["properties"] = {"datetime": "2025-07-15T03:25:41Z", **(properties or {})}
    return boa_offset.declared(item.told(entry, S2).offset, override)


def test_numbers_of_baseline_4_lose_1000_and_0_is_nothing():  # T2.1
    found = scaling.reflectance(np.array([1000, 3500, 0, 1], np.uint16), 1e-4, -0.1, 0, np.float64)
    assert found == pytest.approx([0.0, 0.25, np.nan, -0.0999], abs=1e-9, nan_ok=True)


def test_numbers_of_baseline_2_stay():  # T2.2
    assert scaling.reflectance(np.array([3500], np.uint16), 1e-4, 0, 0, np.float64) == pytest.approx([0.35], abs=1e-9)


def test_landsats_numbers_have_their_own_scale():  # T2.6
    found = scaling.reflectance(np.array([7273, 18182], np.uint16), 2.75e-5, -0.2, 0, np.float64)
    assert found == pytest.approx([7.5e-6, 0.300005], abs=1e-9)


@pytest.mark.parametrize(("offset", "ndvi"), [(-0.1, 0.760000), (0.0, 0.495652)])
def test_a_forgotten_offset_ruins_the_index(offset, ndvi):  # T2.3
    red, nir = scaling.reflectance(np.array([1450, 4300], np.uint16), 1e-4, offset, 0, np.float64)
    assert (nir - red) / (nir + red) == pytest.approx(ndvi, abs=1e-6)


def test_products_tell_their_offset_by_band(table):  # T2.4
    rows = table("sentinel2_offsets")
    assert len(rows) == 10
    for row in rows:
        offset = None if row["offset"] == "none" else int(row["offset"])
        text = making.product_xml(row["product"], f"{row['baseline']:05.2f}", offset).encode()
        facts = safe_xml.told(text, "MTD_MSIL2A.xml").offset
        decision = boa_offset.declared(facts)
        assert {decision.of(role) for role in S2.roles} == {offset or 0}, row["product"]
        assert decision.source == "xml"
        assert (names.baseline(row["product"]) >= 4) == (offset is not None)


def test_earth_search_says_that_the_offset_was_taken_off_and_its_band_offset_is_then_wrong():
    assets = {"red": {"raster:bands": [{"scale": 1e-4, "offset": -0.1}]}}
    said = {"s2:processing_baseline": "05.11", "earthsearch:boa_offset_applied": True}
    assert declared(said, assets, "sentinel-2-l2a").of("red") == 0
    said["earthsearch:boa_offset_applied"] = False
    assert declared(said, assets, "sentinel-2-l2a").of("red") == -1000


def test_planetary_computer_stores_numbers_as_they_are():
    assert declared({"s2:processing_baseline": "04.00"}, {"B04": {}}, "sentinel-2-l2a").of("red") == -1000
    assert declared({"s2:processing_baseline": "02.12"}, {"B04": {}}, "sentinel-2-l2a").of("red") == 0


def test_copernicus_data_space_declares_the_offset_at_the_asset():
    assets = {"B04_10m": {"raster:scale": 1e-4, "raster:offset": -0.1}}
    decision = declared({"processing:version": "05.11"}, assets, "sentinel-2-l2a")
    assert (decision.of("red"), decision.source) == (-1000, "stac")


def test_collection_1_declares_it_in_its_bands():
    assets = {"red": {"raster:bands": [{"scale": 1e-4, "offset": -0.1}]}}
    assert declared({"s2:processing_baseline": "05.00"}, assets, "sentinel-2-c1-l2a").of("red") == -1000


def test_a_file_name_tells_the_baseline():
    facts = Facts(baseline=names.baseline("S2A_MSIL2A_20200914T231559_N0500_R087_T01VCG_20230315T224658"))
    assert boa_offset.declared(facts).of("red") == -1000


def test_without_metadata_numbers_and_date_decide():
    assert boa_offset.declared(Facts(name="B04.tif")) is None
    assert boa_offset.settled(None, INSIDE, INSIDE, datetime(2022, 1, 25)).amount == -1000
    assert boa_offset.settled(None, INSIDE, OUTSIDE + 300, datetime(2025, 7, 1)).amount == 0
    assert boa_offset.settled(None, OUTSIDE, None).amount == 0


@pytest.mark.parametrize("taken", [None, datetime(2022, 1, 24)])
def test_high_numbers_before_2022_may_be_bright_land_and_are_asked_about(taken):
    with pytest.raises(InputError, match="give offset=-1000 or offset=0"):
        boa_offset.settled(None, INSIDE, INSIDE, taken)


def test_numbers_that_contradict_the_catalogue_stop_the_import_with_both_facts_and_the_way_out():  # T2.7
    decision = declared({"earthsearch:boa_offset_applied": True}, collection="sentinel-2-l2a")
    numbers = np.full(1000, 1020)
    with pytest.raises(InputError) as error:
        boa_offset.settled(decision, numbers, numbers)
    assert "boa_offset_applied" in str(error.value)
    assert "below 1020" in str(error.value)
    assert "offset=-1000" in str(error.value)
    assert "仍含 1000" in error.value.zh
    assert "offset=-1000" in error.value.zh


def test_an_offset_that_nothing_carries_stops_the_import_too():
    decision = declared({"s2:processing_baseline": "05.11"})
    with pytest.raises(InputError, match=r"asks for -1000, but the numbers look as if nothing was added.*offset=0"):
        boa_offset.settled(decision, OUTSIDE, INSIDE)


def test_what_a_person_says_is_not_argued_with():
    decision = declared({"earthsearch:boa_offset_applied": True}, override=-1000)
    assert boa_offset.settled(decision, OUTSIDE, OUTSIDE).amount == -1000


def test_numbers_between_warn_and_few_numbers_stay_unchecked():
    decision = declared({"s2:processing_baseline": "05.11"})
    between = np.full(1000, 900)
    with pytest.warns(UserWarning, match="do not decide"):
        assert "undecided" in boa_offset.settled(decision, between, between).why
    assert "unchecked" in boa_offset.settled(decision, OUTSIDE[:50], None).why
    with pytest.raises(InputError, match="give offset="):
        boa_offset.settled(None, between, between)
