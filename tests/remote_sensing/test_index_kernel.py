"""The compiled indices against the plain ones: scale, mask, missing values, shared parts, any number of pixels."""

import numpy as np
import pytest

from agro.errors import InputError
from remote_sensing import indices
from remote_sensing.index_kernel import BLOCK, compiled, masked
from remote_sensing.scene import ROLES, Quality

SATELLITE = [key for key, one in indices.catalogue().items() if one.kind == "satellite"]
RGB = [key for key, one in indices.catalogue().items() if one.kind == "rgb"]


def drawn(shape, seed=0):
    return np.random.default_rng(seed).integers(-200, 6000, (len(ROLES), *shape)).astype(np.int16)


def close(found, keys, bands, *, rtol=2e-5, atol=2e-6):
    """Compare with the plain form where no condition stands on the knife's edge of single precision."""
    for layer, key in zip(found, keys, strict=True):
        expected = indices.evaluate(key, bands)
        sure = np.ones(expected.shape, bool)
        for shift in (-1e-6, 1e-6):
            moved = indices.evaluate(
                key, {role: band * (1 + shift * k) for k, (role, band) in enumerate(bands.items())}
            )
            sure &= np.isnan(moved) == np.isnan(expected)
        assert sure.mean() > 0.99
        steep = np.abs(np.nan_to_num(moved - expected)) * 3
        gap = np.abs(layer - expected)
        np.testing.assert_array_equal(np.isnan(layer)[sure], np.isnan(expected)[sure])
        assert (np.nan_to_num(gap) <= atol + rtol * np.nan_to_num(np.abs(expected)) + steep)[sure].all(), key


def test_all_satellite_indices_at_once_are_the_plain_ones():
    dn = drawn((23, 301))
    found = masked(dn, ROLES, SATELLITE, scale=1e-4)
    assert found.dtype == np.float32
    close(found, SATELLITE, {role: band * 1e-4 for role, band in zip(ROLES, dn, strict=True)})


def test_all_colour_indices_at_once_are_the_plain_ones():
    dn = np.random.default_rng(1).integers(0, 256, (3, 40, 50)).astype(np.uint8)
    found = masked(dn, ("red", "green", "blue"), RGB)
    close(found, RGB, dict(zip(("red", "green", "blue"), dn.astype(float), strict=True)), rtol=1e-4)


@pytest.mark.parametrize("kind", [np.int16, np.uint16, np.float32, np.float64])
def test_any_kind_of_number_with_its_scale_and_offset_gives_the_same(kind):
    """Baseline 4.00 adds 1000 to Sentinel-2; T2.3: NDVI 0.760000, and 0.495652 where that is forgotten."""
    dn = np.array([[[1450]], [[4300]]], kind)
    assert masked(dn, ("red", "nir"), ["ndvi"], scale=1e-4, offset=-0.1)[0, 0, 0] == pytest.approx(0.76, abs=1e-6)
    assert masked(dn, ("red", "nir"), ["ndvi"], scale=1e-4)[0, 0, 0] == pytest.approx(0.495652, abs=1e-6)
    by_band = masked(dn, ("red", "nir"), ["ndvi"], scale=[1e-4, 2e-4], offset=[0.0, -0.1])[0, 0, 0]
    assert by_band == pytest.approx((0.76 - 0.145) / (0.76 + 0.145), abs=1e-6)


@pytest.mark.parametrize("pixels", [1, BLOCK - 1, BLOCK, BLOCK + 1, 5 * BLOCK + 77])
@pytest.mark.parametrize("parallel", [False, True])
def test_every_pixel_is_computed_whatever_their_number(pixels, parallel):
    dn = np.abs(drawn((1, pixels))) + 200
    red, nir = dn[2].astype(float), dn[6].astype(float)
    found = masked(dn, ROLES, ["ndvi"], scale=1e-4, parallel=parallel)
    np.testing.assert_allclose(found[0], (nir - red) / (nir + red), rtol=1e-5, atol=1e-6)


def test_quality_and_missing_numbers_leave_no_value():
    dn = np.full((2, 3, 4), 3000, np.int16)
    dn[0] = 1000
    dn[1, 0, 0] = -32768
    quality = np.zeros((3, 4), np.uint8)
    quality[1, :] = [Quality.CLOUD, Quality.THIN_CLOUD, Quality.NEAR_CLOUD, Quality.THIN_CLOUD | Quality.WATER]
    how = {"quality": quality, "scale": 1e-4, "nodata": -32768}
    strict = masked(dn, ("red", "nir"), ["ndvi"], **how)[0]
    mild = masked(dn, ("red", "nir"), ["ndvi"], **how, refused=int(Quality.CLOUD | Quality.WATER))[0]
    assert np.isnan(strict).sum() == 5
    assert np.isnan(mild).tolist() == [[True] + [False] * 3, [True, False, False, True], [False] * 4]
    assert np.nanmax(np.abs(mild - 0.5)) < 1e-6


def test_bands_that_no_index_needs_may_hold_anything():
    bands = np.full((3, 2, 2), np.nan, np.float32)
    bands[1:] = np.array([0.05, 0.4])[:, None, None]
    np.testing.assert_allclose(masked(bands, ("blue", "red", "nir"), ["ndvi"]), 0.35 / 0.45, rtol=1e-6)


def test_a_missing_band_makes_its_indices_unknown_and_no_other():
    bands = np.full((3, 1, 2), 0.2, np.float32)
    bands[2] = 0.5
    bands[0, 0, 0] = np.nan
    evi, ndvi = masked(bands, ("blue", "red", "nir"), ["evi", "ndvi"])
    assert np.isnan(evi[0]).tolist() == [True, False]
    assert np.isfinite(ndvi).all()


def test_parts_that_formulas_share_are_computed_once():
    alone = sum(len(compiled((key,)).instructions) for key in ("ndvi", "nirv", "osavi"))
    together = compiled(("ndvi", "nirv", "osavi"))
    assert len(together.instructions) == alone - 6  # nir - red and nir + red twice, NDVI and its condition once
    assert together.rows <= 3 + len(together.constants) + 6


def test_no_instruction_writes_over_what_it_reads():
    program = compiled(tuple(SATELLITE))
    for _, result, left, right in program.instructions:
        assert result not in (left, right)


def test_loops_of_instructions_are_vectors_of_single_precision():
    from remote_sensing import index_kernel

    dn = np.ones((2, 1, 1), np.float32)
    masked(dn, ("red", "nir"), ["ndvi"])
    kernel = index_kernel._serial.compiled
    single = next(sig for sig in kernel.signatures if str(sig[0].dtype) == "float32")
    code = str(kernel.overloads[single].library._get_module_for_linking())
    assert "fdiv" in code
    assert " x float>" in code
    assert "fdiv fast double" not in code
    assert " x double>" not in code


def test_shapes_and_bands_that_do_not_fit_are_refused():
    with pytest.raises(InputError, match="dims"):
        masked(np.zeros((2, 3, 4)), ("red",), ["ndvi"])
    with pytest.raises(InputError, match="quality"):
        masked(np.zeros((2, 3, 4)), ("red", "nir"), ["ndvi"], quality=np.zeros((3, 3), np.uint8))
    with pytest.raises(InputError, match="bands lack red"):
        masked(np.zeros((1, 3, 4)), ("nir",), ["ndvi"])
