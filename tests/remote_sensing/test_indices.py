"""Indices against printed values, against spyndex where definitions agree, and on scenes of several grids."""

import datetime

import numpy as np
import pytest
import rioxarray  # noqa: F401
import spyndex
import xarray as xr

from agro.errors import InputError, NotFoundError, ParameterError
from remote_sensing import indices
from remote_sensing.scene import ROLES, Quality, Scene

LEAF = {
    "blue": 0.03, "green": 0.055, "red": 0.035, "re1": 0.09, "re2": 0.24, "re3": 0.30, "nir": 0.33, "nir_narrow": 0.34,
    "swir1": 0.17, "swir2": 0.085,
}  # fmt: skip
PRINTED = {  # monitoring.md T6.1
    "ndvi": 0.808219, "evi": 0.560837, "evi2": 0.521570, "gndvi": 0.714286, "ndre": 0.581395, "cire": 2.777778,
    "mtci": 2.727273, "ndmi": 0.333333, "msavi2": 0.515516, "nbr": 0.6, "nirv": 0.266712, "osavi": 0.561905,
    "psri": 0.020833, "s2rep": 723.083333,
}  # fmt: skip
PIXEL = {"red": 90.0, "green": 120.0, "blue": 60.0}
PRINTED_RGB = {  # monitoring.md T6.2
    "exg": 0.333333, "exgr": 0.311111, "exgr13": 0.344444, "gli": 0.230769, "vari": 0.2, "ngrdi": 0.142857,
    "mgrvi": 0.28, "rgbvi": 0.454545, "tgi": 18.235294, "vndvi": 0.415885,
}  # fmt: skip
SHORT = {
    "blue": "B", "green": "G", "red": "R", "re1": "RE1", "re2": "RE2", "re3": "RE3", "nir": "N", "nir_narrow": "N",
    "swir1": "S1", "swir2": "S2",
}  # fmt: skip
CONSTANTS = {"g": 2.5, "C1": 6.0, "C2": 7.5, "L": 1.0}


@pytest.mark.parametrize("key", PRINTED)
def test_satellite_indices_of_a_leaf_are_those_of_the_specification(key):
    assert float(indices.evaluate(key, LEAF)) == pytest.approx(PRINTED[key], abs=1e-6)


@pytest.mark.parametrize("key", PRINTED_RGB)
def test_colour_indices_of_a_pixel_are_those_of_the_specification(key):
    assert float(indices.evaluate(key, PIXEL)) == pytest.approx(PRINTED_RGB[key], abs=1e-5)


def test_every_index_of_the_catalogue_has_a_printed_value():
    assert set(indices.catalogue()) == {*PRINTED, *PRINTED_RGB}
    assert len(indices.catalogue()) == 24


def of_spyndex(key, name, bands, scale=1.0):
    values = {SHORT[role]: bands[role] / scale for role in indices.named(key).roles}
    return spyndex.computeIndex(name, params={**values, **CONSTANTS})


def drawn(kind):
    rng = np.random.default_rng(0)
    if kind == "rgb":
        return {role: rng.integers(1, 256, 2000).astype(float) for role in PIXEL}
    return {role: rng.uniform(0.01, 0.6, 2000) for role in ROLES}


@pytest.mark.parametrize("key", [key for key, one in indices.catalogue().items() if one.spyndex])
def test_indices_agree_with_spyndex_where_the_catalogue_says_so(key):
    index = indices.named(key)
    bands = drawn(index.kind)
    ours = indices.evaluate(key, bands)
    with np.errstate(all="ignore"):
        theirs = of_spyndex(key, index.spyndex, bands, 255.0 if key == "tgi" else 1.0)
    known = np.isfinite(ours)
    assert known.mean() > 0.4
    np.testing.assert_allclose(ours[known], np.asarray(theirs)[known], rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("key", [key for key, one in indices.catalogue().items() if one.differs])
def test_indices_differ_from_spyndex_where_the_catalogue_says_so(key):
    """Red edge and short waves: the same algebra, another infrared band. ExG, ExGR: another formula."""
    index = indices.named(key)
    bands = drawn(index.kind)
    listed = spyndex.indices[index.differs["key"]]
    if "nir_narrow" in index.roles:
        assert "N" in listed.bands  # B08 of 10 m
        same = of_spyndex(key, index.differs["key"], {**bands, "nir": bands["nir_narrow"]})
        ours = indices.evaluate(key, bands)
        known = np.isfinite(ours)
        assert known.mean() > 0.9
        np.testing.assert_allclose(ours[known], same[known], rtol=1e-10, atol=1e-12)
    else:
        dark, light = ({role: band * by for role, band in bands.items()} for by in (0.5, 1.0))
        np.testing.assert_allclose(indices.evaluate(key, dark), indices.evaluate(key, light))
        assert not np.allclose(
            of_spyndex(key, index.differs["key"], dark), of_spyndex(key, index.differs["key"], light)
        )


def test_indices_are_unknown_where_a_denominator_vanishes():
    assert np.isnan(indices.evaluate("ndvi", {"nir": 0.012, "red": 0.008}))  # exactly 0.02
    assert indices.evaluate("ndvi", {"nir": 0.013, "red": 0.008}) == pytest.approx(5 / 21)
    assert np.isnan(indices.evaluate("ndvi", {"nir": -0.03, "red": 0.01}))
    assert np.isnan(indices.evaluate("mtci", {"re2": 0.3, "re1": 0.1, "red": 0.0901}))
    assert indices.evaluate("mtci", {"re2": 0.3, "re1": 0.1, "red": 0.0899}) == pytest.approx(0.2 / 0.0101)
    assert np.isnan(indices.evaluate("vari", {"red": 40, "green": 60, "blue": 92}))  # 8 of 192
    assert indices.evaluate("vari", {"red": 40, "green": 60, "blue": 90}) == 2  # 10 of 190
    assert np.isnan(indices.evaluate("exg", {"red": 0, "green": 0, "blue": 0}))


def test_every_index_says_what_it_is_good_for_in_both_languages():
    for one in indices.catalogue().values():
        assert set(one.name) == set(one.use) == {"zh", "en"}
        assert all(one.name.values())
        assert all(one.use.values())
        assert (one.spyndex is None) or (one.spyndex in spyndex.indices)
        assert one.file["type"] in ("int16", "float32")
        if one.file["type"] == "int16":
            assert max(abs(one.low), abs(one.high)) < 32767 * one.file["scale"]
    assert not any(study["target"] == "water" and study["strength"] != "no"
                   for one in indices.catalogue().values() for study in one.proven)  # fmt: skip


def test_what_a_set_of_bands_allows_is_told():
    assert indices.possible(("red", "green", "blue"), "rgb") == tuple(PRINTED_RGB)
    assert indices.possible(("blue", "green", "red", "nir"), "satellite") == (
        "ndvi", "evi2", "evi", "gndvi", "msavi2", "osavi", "nirv"
    )  # fmt: skip
    with pytest.raises(NotFoundError, match="no index is called 'ndwi'"):
        indices.named("ndwi")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ('formula = "nir - rad"', "'rad' is no number and no band"),
        ('kind = "radar"', "kind is one of"),
        ("show = [0.9, 0.2]", "lower and a higher end"),
        ('colour = "green"', "unexpected keyword argument 'colour'"),
        ('evidence = "hearsay"', "known kind of evidence"),
        ('proven = [{ target = "yield" }]', "proven needs"),
    ],
)
def test_a_faulty_entry_is_refused_with_its_name(tmp_path, change, what):
    block = indices.PATH.read_text(encoding="utf-8").split("\n\n")[1]
    assert block.startswith("[ndvi]")
    name = change.split(" = ")[0]
    lines, skipping = [], False
    for line in block.splitlines():
        skipping = (skipping and not line.startswith("]")) or (line.startswith(f"{name} =") and line.endswith("["))
        if not (skipping or line.startswith((f"{name} =", "]" if name == "proven" else "\0"))):
            lines.append(line)
    (tmp_path / "indices.toml").write_text("\n".join([*lines, change]), encoding="utf-8")
    with pytest.raises(ParameterError, match=what):
        indices.catalogue(tmp_path / "indices.toml")


def grid(cell, roles, rows, columns, west=500_000.0, north=3_300_000.0, seed=0):
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.03, 0.5, (len(roles), rows, columns)).astype(np.float32)
    y, x = north - cell * (np.arange(rows) + 0.5), west + cell * (np.arange(columns) + 0.5)
    return xr.DataArray(values, dims=("band", "y", "x"), coords={"band": list(roles), "y": y, "x": x}).rio.write_crs(
        32648
    )


def scene(grids, quality=None):
    when = datetime.datetime(2024, 5, 1, 3, 20, tzinfo=datetime.UTC)
    return Scene("sentinel2_l2a", "S2X", when, grids, quality)


TEN, TWENTY = ("blue", "green", "red", "nir"), ("re1", "re2", "re3", "nir_narrow", "swir1", "swir2")


@pytest.fixture
def both():
    fine, coarse = grid(10.0, TEN, 24, 32), grid(20.0, TWENTY, 12, 16, seed=1)
    quality = xr.zeros_like(fine.isel(band=0, drop=True), dtype=np.uint8)
    return scene({10.0: fine, 20.0: coarse}, quality)


def test_an_index_of_mixed_bands_lies_on_the_coarser_grid(both):
    found = indices.compute(both, ["mtci", "ndvi"])
    assert list(found) == ["mtci", "ndvi"]
    assert found["ndvi"].shape == (24, 32)
    assert found["mtci"].shape == (12, 16)
    red = both.band("red").values.astype(float).reshape(12, 2, 16, 2).mean(axis=(1, 3))
    re1, re2 = (both.band(role).values.astype(float) for role in ("re1", "re2"))
    expected = np.where(re1 - red >= 0.01, (re2 - re1) / (re1 - red), np.nan)
    sure = np.abs(re1 - red - 0.01) > 1e-6
    np.testing.assert_allclose(found["mtci"].values[sure], expected[sure], rtol=1e-4)
    np.testing.assert_array_equal(found["mtci"].x, both.grids[20.0].x)
    assert found["mtci"].rio.crs == both.grids[20.0].rio.crs
    assert found["ndvi"].attrs["index"] == "ndvi"


def test_a_coarse_cell_is_refused_if_any_of_its_parts_is(both):
    both.quality[5, 7] = int(Quality.CLOUD)
    found = indices.compute(both, ["ndre", "ndvi"])
    assert np.isnan(found["ndre"].values[2, 3])
    assert np.isnan(found["ndre"].values).sum() == 1
    assert np.isnan(found["ndvi"].values[5, 7])
    assert np.isnan(found["ndvi"].values).sum() == 1


def test_haze_and_the_rims_of_clouds_are_kept_on_request(both):
    both.quality[0, :4] = [Quality.THIN_CLOUD, Quality.NEAR_CLOUD, Quality.CLOUD_SHADOW, Quality.DIM]
    strict, kept = (indices.compute(both, ["ndvi"], clear_only=only)["ndvi"].values for only in (True, False))
    assert np.isnan(strict[0, :5]).tolist() == [True] * 4 + [False]
    assert np.isnan(kept[0, :5]).tolist() == [False, False, True, True, False]


def test_grids_of_unequal_cover_meet_where_they_overlap():
    fine, coarse = grid(10.0, TEN, 20, 20), grid(20.0, TWENTY, 30, 40, west=499_700.0, north=3_300_200.0, seed=1)
    found = indices.compute(scene({10.0: fine, 20.0: coarse}), ["psri"])["psri"]
    assert found.shape == (10, 10)
    re2 = coarse.sel(band="re2").sel(x=found.x, y=found.y)
    red, blue = (fine.sel(band=role).values.reshape(10, 2, 10, 2).mean(axis=(1, 3)) for role in ("red", "blue"))
    np.testing.assert_allclose(found.values, (red - blue) / re2.values, rtol=1e-4, atol=1e-6)


def test_grids_that_do_not_nest_or_meet_are_refused():
    fine = grid(10.0, TEN, 20, 20, west=500_004.0)
    with pytest.raises(InputError, match="edges lie aside"):
        indices.compute(scene({10.0: fine, 20.0: grid(20.0, TWENTY, 10, 10)}), ["psri"])
    with pytest.raises(InputError, match="no common ground"):
        indices.compute(scene({10.0: fine, 20.0: grid(20.0, TWENTY, 10, 10, west=600_000.0)}), ["psri"])


def test_a_scene_without_the_band_says_which(both):
    with pytest.raises(InputError, match="NDRE needs re1, nir_narrow"):
        indices.compute(scene({10.0: both.grids[10.0]}), ["ndre"])


def test_a_single_coarse_cell_has_an_index():
    found = indices.compute(scene({10.0: grid(10.0, TEN, 2, 2), 20.0: grid(20.0, TWENTY, 1, 1, seed=1)}), ["psri"])
    assert found["psri"].shape == (1, 1)
    assert np.isfinite(found["psri"].values).all()
