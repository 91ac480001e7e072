import numpy as np
import pytest
from scipy.ndimage import fourier_shift, gaussian_filter

from agro.errors import InputError
from remote_sensing import coregistration


def ground(size=512, seed=0):
    """Return fields and roads: smooth noise cut into plateaus."""
    rng = np.random.default_rng(seed)
    rough = gaussian_filter(rng.standard_normal((size, size)), 4)
    return np.round(rough / rough.std() * 2) * 0.03 + 0.15


def moved(values, rows, columns):
    """Return the picture shifted by parts of pixels, in Fourier space: no interpolation of ours."""
    return np.real(np.fft.ifft2(fourier_shift(np.fft.fft2(values), (rows, columns))))


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (0.5, -0.3), (2.4, 1.2), (-7.0, 11.5), (-0.8, 0.2)])
def test_a_known_shift_is_found_to_a_fifth_of_a_pixel(rows, columns):
    found = coregistration.shift(ground(), moved(ground(), rows, columns), 10.0)
    assert found.dx == pytest.approx(-10 * columns, abs=2)
    assert found.dy == pytest.approx(10 * rows, abs=2)
    assert found.spread <= 2
    assert found.tiles == 9


def test_other_colours_and_noise_do_not_matter():
    """Another sensor sees the same edges in other brightness."""
    noise = 0.005 * np.random.default_rng(1).standard_normal((512, 512))
    found = coregistration.shift(ground(), 0.6 - 1.7 * moved(ground(), 1.3, -2.6) + noise, 10.0)
    assert (found.dx, found.dy) == (pytest.approx(26, abs=2), pytest.approx(13, abs=2))


def test_the_shift_is_that_of_most_tiles():
    """A cloud over a corner does not move the scene."""
    late = moved(ground(), 2.0, 0.0)
    late[:200, :200] = gaussian_filter(np.random.default_rng(2).standard_normal((200, 200)), 10) + 0.5
    assert coregistration.shift(ground(), late, 10.0).dy == pytest.approx(20, abs=2)


def test_tiles_that_disagree_are_refused():
    late = np.concatenate([moved(ground(), 6.0, 0.0)[:256], moved(ground(), -6.0, 0.0)[256:]])
    with pytest.raises(InputError, match="disagree on the shift") as error:
        coregistration.shift(ground(), late, 10.0)
    assert "位移" in error.value.zh


def test_pictures_that_show_nothing_are_refused():
    clouded = np.full((512, 512), np.nan)
    with pytest.raises(InputError, match="only 0 tiles"):
        coregistration.shift(ground(), clouded, 10.0)
    with pytest.raises(InputError, match="only 0 tiles"):
        coregistration.shift(np.zeros((512, 512)), ground(), 10.0)
    with pytest.raises(ValueError, match="one grid"):
        coregistration.shift(ground(), ground(256), 10.0)


def test_unknown_cells_are_no_edges():
    late = moved(ground(), 1.0, 1.0)
    late[np.random.default_rng(3).random(late.shape) < 0.02] = np.nan
    found = coregistration.shift(ground(), late, 10.0)
    assert (found.dx, found.dy) == (pytest.approx(-10, abs=2), pytest.approx(10, abs=2))
