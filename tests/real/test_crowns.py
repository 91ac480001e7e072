"""Crowns learned from colour on 40 labelled aerial pictures: half of the places taught, the other half judges.

All choices (rounds, reach, left-out channels, peaks) were made by leaving out places of the teaching half, which
`python -m tests.real.teach_crowns` teaches to the model that comes with the package.

What was measured, one-to-one within 2.4 m, on the judging half: precision 0.57, recall 0.56, F1 0.56; within 3 m 0.61.
The 0.60 that was wished for within 2.4 m was not reached. What was tried on the teaching half (F1 alone 0.50 with
hills and 30 rounds, 0.51 with discs, left-out channels and 60): wider networks, 200 rounds, weights averaged over
steps, guessing the near infrared beside, scoring candidates anew by trees of decisions, three zooms: none gave more
than 0.01. The near infrared band itself gave 0.02. Labels were drawn on pictures of other years: moved together, at
best by up to four pixels a picture, they would give 0.03. The authors of the labels report F1 0.735 with a root
mean square distance of 2.16 m, pairs being allowed up to 6 m, from 40 times as many labels and a near infrared band
(Ventura et al. 2024, Int. J. Appl. Earth Obs. Geoinf. 130:103848; 10 pixels in their program): if distances are spread
evenly round the label, seven tenths of their pairs stand within 2.4 m, which is F1 0.52. By their rule it is 0.70 here.
"""

import numpy as np
import pytest
from skimage.filters import threshold_otsu

from remote_sensing.trees import crowns, learned, scoring
from tests.real.street_trees import CELL, Tile, folder_of, halves, read
from tests.real.teach_crowns import taught

pytestmark = pytest.mark.real_data
WINDOW = 64  # pixels of a window whose plant cover is told, 38 m
FAR = 6.0  # what the authors of the labels allowed [m]


@pytest.fixture(scope="module")
def tiles(real_data) -> dict[str, Tile]:
    if not folder_of(real_data).is_dir():
        pytest.skip(f"no labelled pictures at {folder_of(real_data)}")
    return read(real_data)


@pytest.fixture(scope="module")
def found(tiles) -> list[tuple[Tile, np.ndarray]]:
    """The judging half, each picture with the rows and columns that the model of the teaching half finds."""
    model = learned.CrownModel.load(learned.STREET_TREES)
    return [(one, model.find(one.rgb, CELL)[:, :2]) for one in halves(tiles)[1]]


def judged(found, reach=scoring.REACH) -> scoring.Score:
    return scoring.total([scoring.score(places * CELL, one.points * CELL, reach) for one, places in found])


def plants(rgb):
    """Excess green of chromatic coordinates above Otsu's threshold within the bounds of a plant mask."""
    bands = rgb.astype(float) + 1
    green = (2 * bands[1] - bands[0] - bands[2]) / bands.sum(0)
    return green > np.clip(threshold_otsu(green), 0.02, 0.12)


def test_no_place_stands_in_both_halves_and_no_label_is_left_out(tiles):
    teaching, judging = halves(tiles)
    assert not {one.place for one in teaching} & {one.place for one in judging}
    assert (len(teaching), len(judging)) == (21, 19)
    assert sum(len(one.points) for one in tiles.values()) == 2324


def test_crowns_of_places_it_never_saw_are_found_within_2_4_m(found):
    score = judged(found)
    assert score.labelled == 1112
    assert score.f1 > 0.55  # 0.562 was measured; the 0.60 that was wished for was not reached
    assert score.precision > 0.54
    assert score.recall > 0.53


def test_within_the_six_metres_of_the_authors_two_thirds_are_found(found):
    assert judged(found, FAR).f1 > 0.65


def test_learning_beats_discs_on_the_plant_mask(tiles, found):
    teaching, judging = halves(tiles)

    def discs(tiles, diameter, threshold):
        scores = []
        for one in tiles:
            trees = crowns.on_mask(plants(one.rgb), CELL, diameter)
            trees = trees[trees[:, 2] > threshold]
            scores.append(scoring.score(trees[:, 1::-1], (one.points + 0.5) * CELL))
        return scoring.total(scores).f1

    best = max((discs(teaching, d, t), d, t) for d in (4.0, 6.0, 8.0) for t in (0.2, 0.3, 0.4))
    assert judged(found).f1 > discs(judging, *best[1:]) + 0.10  # 0.56 and 0.38


def test_where_plants_cover_more_than_two_fifths_crowns_are_not_to_be_counted_from_colour(found):
    sums = {"open": np.zeros(3), "closed": np.zeros(3)}
    for one, places in found:
        pairs = scoring.pairs(places * CELL, one.points * CELL)
        cover = plants(one.rgb).reshape(4, WINDOW, 4, WINDOW).mean((1, 3))
        for points, column in ((places, 1), (one.points, 2)):
            window = np.clip((points + 0.5) // WINDOW, 0, 3).astype(int)
            met = np.isin(np.arange(len(points)), pairs[:, column - 1])
            for kind, inside in (("open", cover[tuple(window.T)] < 0.2), ("closed", cover[tuple(window.T)] >= 0.4)):
                sums[kind][column] += inside.sum()
                sums[kind][0] += (met & inside).sum()
    f1 = {kind: met / (found + labelled) for kind, (met, found, labelled) in sums.items()}  # each pair counted twice
    assert f1["open"] > 0.54
    assert f1["closed"] < 0.5


def test_labels_of_another_year_are_copies_so_they_tell_nothing_of_how_well_people_agree(tiles):
    before, after = tiles["riverside_2018_53"], tiles["riverside_2020_53"]
    apart = np.linalg.norm(before.points[:, None] - after.points[None], axis=2).min(1)
    assert (apart < 0.01).sum() == 40  # the same numbers to the centimetre, of 45
    assert len(after.points) == 44


@pytest.mark.province
def test_the_model_that_comes_along_is_what_the_teaching_half_teaches(tiles, found):
    """Minutes long. Other processors round differently, and 190 steps make much of it: the score is compared."""
    again = taught(tiles)
    other = [(one, again.find(one.rgb, CELL)[:, :2]) for one, _ in found]
    assert judged(other).f1 == pytest.approx(judged(found).f1, abs=0.02)
