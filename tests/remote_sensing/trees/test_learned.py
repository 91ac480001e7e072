"""Crowns that are learned from labelled points: what a network computes, learns, and keeps in its file."""

import pickle
import zipfile

import numpy as np
import pytest
from scipy import ndimage, signal

from agro.errors import InputError
from remote_sensing.trees import features, learned, network, scoring, training
from remote_sensing.trees.learned import CrownModel, Peaks

CELL = 0.5
QUICK = training.settings()._replace(window=64, batch=8, rounds=10, steps=4, moved=0)
PEAKS = Peaks(smooth=1.0, apart=5.0, threshold=0.15)


def orchard(seed, side=96, shift=(0, 0)):
    """A picture of dark green crowns with a shadow above and left on soil, and their middles. Not one is cut off."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(np.arange(10, side - 8, 13), np.arange(10, side - 8, 13), indexing="ij"), -1)
    middles = grid.reshape(-1, 2) + rng.uniform(-2, 2, (grid.size // 2, 2))
    middles = middles[rng.random(len(middles)) < 0.8]
    rows, cols = np.mgrid[:side, :side]
    rgb = np.array([150.0, 120, 95])[:, None, None] + ndimage.gaussian_filter(rng.standard_normal((side, side)), 2) * 40
    for (row, col), radius in zip(middles, rng.uniform(2.5, 4.5, len(middles)), strict=True):
        rgb = np.where(np.hypot(rows - row + 3, cols - col + 2) < radius, rgb * 0.45, rgb)
        inside = np.hypot(rows - row, cols - col) < radius
        rgb = np.where(inside, np.array([62.0, 92, 50])[:, None, None], rgb)
    rgb += rng.normal(0, 6, rgb.shape)
    return np.clip(rgb, 0, 255).astype(np.uint8), middles + np.array(shift)


@pytest.fixture(scope="module")
def labelled():
    pictures = [orchard(seed) for seed in range(12)]
    return [image for image, _ in pictures], [place for _, place in pictures]


@pytest.fixture(scope="module")
def model(labelled):
    return learned.train(*labelled, CELL, seed=3, peaks=PEAKS, rule=QUICK, levels=(8, 12))


def test_a_convolution_is_that_of_scipy(monkeypatch):
    rng = np.random.default_rng(0)
    pictures = rng.standard_normal((2, 3, 20, 12)).astype(np.float32)
    weight = rng.standard_normal((4, 3, 3, 3)).astype(np.float32)  # out, row, column, channel
    wanted = [
        [sum(signal.correlate(c, w[..., k], "same") for k, c in enumerate(picture)) for w in weight]
        for picture in pictures
    ]
    whole = network.convolved(pictures, weight.reshape(4, -1))
    np.testing.assert_allclose(whole, wanted, atol=1e-4)
    monkeypatch.setattr(network, "BLOCK", 9 * 3 * 12 * 7)  # blocks of 7 rows, the last of 6
    np.testing.assert_allclose(network.convolved(pictures, weight.reshape(4, -1)), wanted, atol=1e-4)


@pytest.mark.parametrize("dropped", [0.0, 0.4])
def test_gradients_are_the_slopes_of_the_loss(dropped):
    rng = np.random.default_rng(1)
    net = network.Network(3, (4, 6, 8), rng, dropped=dropped)
    for layer in net.layers:  # float64: slopes by small steps
        layer.weight, layer.gain, layer.bias = (a.astype(float) for a in (layer.weight, layer.gain, layer.bias))
    net.last, net.last_bias = net.last.astype(float), net.last_bias.astype(float)
    pictures, wanted = rng.standard_normal((2, 3, 32, 32)), rng.random((2, 16, 16))

    def answer():
        net.rng = np.random.default_rng(6)  # the same channels are left out each time
        return net.forward(pictures)

    def loss():
        return float(((answer() - wanted) ** 2).sum() / 2)

    net.backward(answer() - wanted)
    for array, gradient, _ in list(net.parameters()):
        way = rng.standard_normal(array.shape)
        kept, step = array.copy(), 1e-6
        array += step * way
        above = loss()
        array[...] = kept - step * way
        below = loss()
        array[...] = kept
        slope = (gradient * way).sum()
        assert (above - below) / (2 * step) == pytest.approx(slope, rel=1e-4, abs=1e-4)


def test_left_out_channels_change_what_is_learned_and_not_what_is_answered():
    pictures = np.random.default_rng(3).standard_normal((4, 3, 32, 32)).astype(np.float32)
    nets = [network.Network(3, (4, 40), np.random.default_rng(2), dropped=share) for share in (0.0, 0.5)]
    np.testing.assert_array_equal(*(network.answered(net.folded(), pictures) for net in nets))
    whole, part = (net.forward(pictures) for net in nets)
    assert np.abs(whole - part).max() > 1e-3
    assert 0.3 < (nets[1].kept == 0).mean() < 0.7
    assert set(np.unique(nets[1].kept)) == {0, 2}


def test_a_disc_holds_what_lies_within_reach_of_a_label():
    disc = training.discs(np.array([[20.5, 30.5]]), 64, 4.0)
    rows, cols = np.mgrid[:64:2, :64:2] + 0.5
    distance = np.hypot(rows - 20.5, cols - 30.5)
    assert (disc[distance < 3] > 0.85).all()
    assert (disc[distance > 5] < 0.15).all()
    assert not training.discs(np.zeros((0, 2)), 64, 4.0).any()


def test_the_folded_form_answers_as_the_layers_do_with_the_means_of_training():
    rng = np.random.default_rng(2)
    net = network.Network(3, (4, 6), rng)
    pictures = rng.standard_normal((4, 3, 32, 32)).astype(np.float32)
    for _ in range(200):  # the running means of training come to those of this one batch
        wanted = net.forward(pictures)
    np.testing.assert_allclose(network.answered(net.folded(), pictures), wanted, atol=2e-3)


def test_crowns_of_pictures_it_never_saw_are_found(model):
    scores = []
    for seed in range(100, 104):
        image, middles = orchard(seed)
        scores.append(scoring.score(model.find(image, CELL)[:, :2] * CELL, middles * CELL, 1.0))
    assert scoring.total(scores).f1 > 0.95


def test_the_same_seed_learns_the_same_and_another_another(labelled):
    short = QUICK._replace(rounds=1, batch=2)
    first, again, other = (learned.train(*labelled, CELL, seed, rule=short, levels=(4, 4)) for seed in (1, 1, 2))
    image = labelled[0][0]
    np.testing.assert_array_equal(first.heat(image, CELL), again.heat(image, CELL))
    assert np.abs(first.heat(image, CELL) - other.heat(image, CELL)).max() > 1e-3


def test_a_model_comes_back_from_its_file_and_the_file_needs_no_pickle(model, tmp_path):
    model.save(tmp_path / "crowns.npz")
    with np.load(tmp_path / "crowns.npz", allow_pickle=False) as held:
        assert all(held[name].dtype.kind in "fi" for name in held.files)
    back, image = CrownModel.load(tmp_path / "crowns.npz"), orchard(50)[0]
    assert (back.cell, back.peaks) == (model.cell, model.peaks)
    np.testing.assert_array_equal(back.heat(image, CELL), model.heat(image, CELL))
    assert [path.name for path in tmp_path.iterdir()] == ["crowns.npz"]


class Planted:
    """What would run when unpickled."""

    ran = False

    def __reduce__(self):
        return exec, ("from tests.remote_sensing.trees import test_learned as t; t.Planted.ran = True",)


def changed(path, **arrays):
    with np.load(path) as held:
        kept = {name: held[name] for name in held.files} | arrays
    np.savez(path, **{name: value for name, value in kept.items() if value is not None})


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), "zip"),
        (lambda path: path.write_bytes(b"nothing"), "zip"),
        (lambda path: path.write_bytes(pickle.dumps(Planted())), "zip"),
        (lambda path: changed(path, n0_0_weight=np.array([Planted()], object)), "allow_pickle"),
        (lambda path: changed(path, n0_1_weight=None), "lacks layer 1"),
        (lambda path: changed(path, n0_1_weight=np.full((8, 72), np.nan, np.float32)), "no number"),
        (lambda path: changed(path, n0_1_weight=np.zeros((8, 81), np.float32)), "fit one another"),
        (lambda path: changed(path, cell=np.float64(-1)), "cell is out of bounds"),
        (lambda path: changed(path, threshold=None), "no threshold"),
        (lambda path: changed(path, format=np.int64(9)), "format"),
        (lambda path: changed(path, layers=np.array([7])), "7 layers"),
        (lambda path: changed(path, layers=np.array([6] * 99)), "its networks"),
    ],
)
def test_a_file_that_is_no_model_is_refused_by_name(model, tmp_path, harm, what):
    path = tmp_path / "crowns.npz"
    model.save(path)
    harm(path)
    with pytest.raises(InputError, match=what) as refused:
        CrownModel.load(path)
    assert "crowns.npz" in str(refused.value)
    assert "不是树冠模型" in refused.value.zh
    assert not Planted.ran


def test_a_file_that_would_unfold_to_gigabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("n0_0_weight.npy", "w") as inside:
        for _ in range(80):
            inside.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(InputError, match="larger than any model"):
        CrownModel.load(path)


def test_a_large_picture_in_windows_gives_what_one_window_gives(model, monkeypatch):
    image = np.concatenate([orchard(seed, 200)[0] for seed in (7, 8)], 2)[:, :195, :389]
    whole = model.heat(image, CELL)
    monkeypatch.setattr(learned, "WINDOW", 64)
    assert whole.shape == (195, 389)
    np.testing.assert_allclose(model.heat(image, CELL), whole, atol=1e-5)


def test_a_window_with_the_light_of_its_picture_gives_what_the_picture_gives(model):
    image, _ = orchard(9, 240)
    light = features.light_of(image)
    part = model.heat(image[:, :160, :160], CELL, light)
    np.testing.assert_allclose(part[:104, :104], model.heat(image, CELL)[:104, :104], atol=1e-5)


def test_a_finer_picture_of_the_same_ground_gives_the_same_trees(model):
    image, _ = orchard(11)
    fine = image.repeat(3, 1).repeat(3, 2)
    found, again = model.find(image, CELL), model.find(fine, CELL / 3)
    assert model.heat(fine, CELL / 3).shape == fine.shape[1:]
    np.testing.assert_allclose((again[:, :2] + 0.5) / 3 - 0.5, found[:, :2], atol=1e-4)


def test_a_darker_picture_in_warmer_light_gives_nearly_the_same_trees(model):
    image, middles = orchard(12)
    other = (image * np.array([0.75, 0.66, 0.60])[:, None, None]).astype(np.uint8)
    assert scoring.score(model.find(other, CELL)[:, :2] * CELL, middles * CELL, 1.0).f1 > 0.9


def test_labels_that_are_off_together_are_laid_on_the_crowns():
    rng = np.random.default_rng(4)
    middles = rng.uniform(10, 118, (30, 2))
    logits = 8 * training.discs(middles, 128, 2.5) - 4
    assert training.moved_onto(logits, middles + np.array([2, -3]), 4).tolist() == [-2, 3]
    assert training.moved_onto(logits, middles, 4).tolist() == [0, 0]


def test_a_cut_out_keeps_labels_on_what_they_mark():
    rng = np.random.default_rng(5)
    middles = rng.uniform(20, 180, (12, 2))
    rows, cols = np.mgrid[:200, :200]
    drawn = sum(np.exp(-((rows - r) ** 2 + (cols - c) ** 2) / 8) for r, c in middles)
    plain = QUICK._replace(colour=0.0)
    for _ in range(5):
        window, place, known = training.cut_out(drawn[None].astype(np.float32), middles, 128, plain, rng)
        inside = place[((place > 4) & (place < 123)).all(1)]
        inside = inside[known[tuple((inside / 2).astype(int).T)]]
        assert len(inside)
        assert (ndimage.map_coordinates(window[0], inside.T, order=1) > 0.8).all()


def test_pictures_of_one_place_are_left_out_together(monkeypatch, labelled):
    images, points = labelled
    places = [number // 2 for number in range(len(images))]
    learned_from = []
    real = learned.train

    def watched(images, points, *rest, **how):
        learned_from.append({id(image) for image in images})
        return real(images, points, *rest, **how)

    monkeypatch.setattr(learned, "train", watched)
    monkeypatch.setattr(learned, "need_of_labels", lambda: learned.Labels(50, 64))
    score, threshold = learned.cross_validated(
        images, points, CELL, 0, places, peaks=PEAKS, rule=QUICK._replace(rounds=1, batch=2), levels=(4, 4)
    )
    assert len(learned_from) == 3
    for seen in learned_from:
        assert 0 < len(seen) < len(images)
        assert all((id(images[2 * k]) in seen) == (id(images[2 * k + 1]) in seen) for k in range(6))
    assert score.labelled == sum(map(len, points))
    assert 0 < threshold < 1


def test_the_best_threshold_is_that_of_the_highest_f1_by_hand():
    found = [np.array([[0, 0, 0.9], [10, 0, 0.8], [20, 0, 0.7], [30, 0, 0.2]])]
    score, threshold = learned.best_threshold(found, [np.array([[0.0, 0], [10, 0], [50, 0]])], 1.0)
    assert score == scoring.Score(2, 2, 3)  # F1 0.8; with the third found one 0.67, with the first alone 0.5
    assert 0.7 < threshold <= 0.8


@pytest.mark.parametrize(
    ("images", "points", "what"),
    [
        ([np.zeros((3, 96, 96), np.uint8)], [np.zeros((20, 2))], "20 labelled trees"),
        ([np.zeros((3, 40, 96), np.uint8)], [np.ones((400, 2))], "side of 40"),
        ([np.zeros((3, 96, 96), np.uint8)], [np.full((400, 2), 5e5)], "outside"),
        ([np.zeros((2, 96, 96), np.uint8)], [np.ones((400, 2))], "3 bands"),
        ([np.zeros((3, 96, 96), np.uint8)], [], "points of 0"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_both_languages(images, points, what):
    with pytest.raises(InputError, match=what) as refused:
        learned.train(images, points, CELL, 0)
    assert any("一" <= letter <= "鿿" for letter in refused.value.zh)


def test_an_even_picture_holds_no_crowns(model):
    assert len(model.find(np.full((3, 80, 80), 120, np.uint8), CELL)) == 0
    assert np.isfinite(model.heat(np.zeros((3, 80, 80), np.uint8), CELL)).all()


def test_progress_is_told_up_to_the_end(labelled):
    told = []
    learned.train(*labelled, CELL, 0, rule=QUICK._replace(rounds=1, nets=2, batch=2), levels=(4, 4), watch=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
