import numpy as np
import pytest

from agro import parameters
from agro.errors import NotFoundError, ParameterError
from growth_model import calibration_state, find, limits, load, names, nutrition, perturbed
from growth_model import cultivar as files
from growth_model.crop import COUNT, PARAMETERS, Crop
from growth_model.lanes import built, flat


@pytest.mark.parametrize("key", names())
def test_every_crop_file_loads_with_a_source_for_each_number(key):
    group = load(key)
    fed = {name for name in PARAMETERS if name.split(".")[0] in nutrition.ELEMENTS}  # with sources in nutrition.toml
    assert set(group.parameters) == set(PARAMETERS) - fed
    assert all(value.source and value.evidence in parameters.EVIDENCE for value in group.parameters.values())
    assert group.zh
    assert group.en
    assert all(1 <= day <= 366 for day in group.harvest)
    fruit = group.crop.fruit
    assert fruit.diameter_bloom < fruit.diameter_final < fruit.diameter_max


def test_the_groups_of_the_county_are_there():
    assert set(names()) == {
        "navel", "navel_late", "tarocco", "orah", "w_murcott", "valencia", "ponkan", "satsuma", "pummelo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("纽荷尔", "navel"), ("奉节72-1", "navel"), ("伦晚", "navel_late"), ("塔罗科血橙", "tarocco"), ("沃柑", "orah"),
        ("W·默科特", "w_murcott"), ("默科特", "w_murcott"), ("夏橙", "valencia"), ("椪柑", "ponkan"),
        ("温州蜜柑", "satsuma"), ("柚", "pummelo"), ("  NAVEL ", "navel"), ("w.murcott", "w_murcott"),
    ],
)  # fmt: skip
def test_people_find_a_group_by_the_name_they_use(text, key):
    assert find(text).key == key


def test_no_name_means_two_groups():
    groups = [load(key) for key in names()]
    called = [{name.casefold() for name in (g.key, g.zh, g.en, *g.aliases)} for g in groups]
    assert sum(map(len, called)) == len(set().union(*called))


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(NotFoundError, match="navel") as refusal:
        find("apple")
    assert "沃柑" in refusal.value.zh


def test_a_crop_row_reads_back_as_the_crop():
    group = load("orah")
    assert group.row.shape == (COUNT,)
    assert built(Crop, iter(group.row)) == group.crop
    assert list(flat(group.crop)) == list(group.row)


@pytest.mark.parametrize("key", names())
def test_the_prior_has_its_median_first_and_eighty_percent_between_the_bounds(key):
    group = load(key)
    rows = perturbed(group, 401, seed=3)
    assert np.array_equal(rows[0], group.row)
    for column, name in enumerate(PARAMETERS):
        parameter = group.parameters.get(name)
        if parameter is None or parameter.low is None:
            assert np.all(rows[:, column] == rows[0, column])
        else:
            assert np.median(rows[:, column]) == pytest.approx(parameter.value, rel=0.01)
            inside = (rows[:, column] > parameter.low) & (rows[:, column] < parameter.high)
            assert inside.mean() == pytest.approx(0.8, abs=0.03), name


def test_the_same_seed_draws_the_same_members():
    assert np.array_equal(perturbed(load("navel"), 20, 7), perturbed(load("navel"), 20, 7))
    assert not np.array_equal(perturbed(load("navel"), 20, 7), perturbed(load("navel"), 20, 8))
    assert perturbed(load("navel"), 1).shape == (1, COUNT)


def test_temperature_corners_stay_in_order_in_every_member():
    corners = perturbed(load("navel"), 1000)[:, :4]
    assert np.all(np.diff(corners, axis=1) > 0)


def test_a_crop_file_whose_value_lies_outside_its_bounds_is_refused(tmp_path, monkeypatch):
    text = (files.CROPS / "navel.toml").read_text(encoding="utf-8").replace("low = 82.54", "low = 89.0")
    (tmp_path / "navel.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(files, "CROPS", tmp_path)
    files.names.cache_clear()
    files.load.cache_clear()
    try:
        with pytest.raises(ParameterError, match="diameter_max"):
            files.load("navel")
    finally:
        monkeypatch.undo()
        files.names.cache_clear()
        files.load.cache_clear()


def test_the_limits_are_told_in_two_languages():
    assert calibration_state() == "none"
    assert len(limits()) >= 5
    assert all(set(sentence) == {"zh", "en"} and all(sentence.values()) for sentence in limits())
