"""The tree as pests see it: which organ is susceptible on which day."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import ParameterError
from pest_warning import host, organism
from pest_warning.host import Host
from tests.pest_warning import settings

NONE = np.full((1, 1, 1), np.nan)
BARE = Host(NONE, NONE, NONE, NONE, NONE)


def one(**dates):
    return replace(BARE, **{name: np.array([[values]], float) for name, values in dates.items()})


def test_a_tree_without_flush_flower_or_fruit_is_not_susceptible():
    for disease in organism.of_engine("infection"):
        assert (host.susceptibility(disease, BARE, 400) == 0).all()


def test_shoots_take_canker_from_the_sixth_day_to_the_fifth_week():
    shares = host.susceptibility(organism.load("canker"), one(flush=[100.0]), 200)[0, 0]
    ages = {0: 0.0, 5: 0.0, 6: 0.5, 7: 1.0, 21: 1.0, 28: 0.5, 35: 0.0, 60: 0.0}  # pests.md 5.2
    assert [shares[100 + age] for age in ages] == pytest.approx(list(ages.values()))
    assert (shares[:100] == 0).all()


def test_fruit_takes_canker_until_four_months_after_petal_fall_and_not_once_picked():
    hanging = host.susceptibility(organism.load("canker"), one(petal_fall=[110.0]), 300)[0, 0]
    assert [hanging[110 + age] for age in (-1, 0, 60, 90, 120)] == pytest.approx([0.0, 1.0, 1.0, 0.5, 0.0])
    picked = host.susceptibility(organism.load("canker"), one(petal_fall=[110.0], picked=[150.0]), 300)[0, 0]
    assert picked[150] == 1.0
    assert (picked[151:] == 0).all()


def test_the_most_susceptible_organ_counts():
    both = host.susceptibility(organism.load("canker"), one(flush=[150.0], petal_fall=[110.0]), 300)
    parts = [host.susceptibility(organism.load("canker"), one(**each), 300) for each in
             ({"flush": [150.0]}, {"petal_fall": [110.0]})]  # fmt: skip
    np.testing.assert_array_equal(both, np.maximum(*parts))


@given(st.lists(st.one_of(st.just(np.nan), st.floats(-300, 700)), min_size=1, max_size=4))
def test_shares_lie_between_none_and_all_and_unknown_dates_do_no_harm(dates):
    tree = one(flush=dates, bloom=dates, petal_fall=dates, colour=dates, picked=[np.nan] * len(dates))
    for found in (
        *(host.susceptibility(each, tree, 365) for each in organism.of_engine("infection")),
        host.tender(tree, 365, 3.0, 21.0), host.young_share(tree, 365),
    ):  # fmt: skip
        assert ((found >= 0) & (found <= 1)).all()


def test_shoots_are_tender_between_two_ages_and_half_so_at_the_bounds():
    shares = host.tender(one(flush=[100.0]), 200, 3.0, 21.0)[0, 0]
    assert [shares[100 + age] for age in (0, 1, 3, 5, 12, 19, 21, 23, 30)] == pytest.approx(
        [0.0, 0.0, 0.5, 1.0, 1.0, 1.0, 0.5, 0.0, 0.0]
    )


def test_three_flushes_within_two_months_make_all_leaves_young():
    shares = host.young_share(one(flush=[10.0, 20.0, 30.0, 40.0]), 120)[0, 0]
    assert [shares[day] for day in (9, 10, 20, 30, 69, 70, 100)] == pytest.approx([0, 1 / 3, 2 / 3, 1, 1, 1, 0])


def test_flowers_are_open_from_the_first_to_petal_fall():
    days = np.flatnonzero(host.in_bloom(one(bloom=[100.0], petal_fall=[115.0]), 200)[0, 0])
    assert (days.min(), days.max(), len(days)) == (100, 115, 16)


def test_a_cultivar_that_the_file_does_not_know_takes_its_default():
    canker = organism.load("canker")
    assert host.cultivar_factor(canker, "satsuma") == 0.15
    assert host.cultivar_factor(canker, "something new") == 1.0
    assert host.cultivar_factor(organism.load("red_mite"), "navel") == 1.0


@pytest.mark.parametrize(("written", "instead"), [("shoots = {", "leaves = {"), ('unit = "d"', 'unit = "h"')])
def test_an_organ_that_nobody_knows_or_ages_in_hours_are_refused(tmp_path, written, instead):
    path = tmp_path / "canker.toml"
    shutil.copy(organism.FOLDER / "canker.toml", path)
    text = path.read_text(encoding="utf-8")
    start = text.index("[host]")
    path.write_text(text[:start] + text[start:].replace(written, instead, 1), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"canker.toml \[host\]"):
        host.susceptibility(organism.read(path), BARE, 10)


def test_some_sites_and_members_of_a_host_are_theirs():
    whole = settings.host(4)
    part = whole.at(np.array([1]), [0, 3])
    np.testing.assert_array_equal(part.flush, whole.flush[[1]][:, [0, 3]])
    assert part.picked.shape == (1, 2, 2)
