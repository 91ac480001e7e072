"""Bloom from the first balloon to the last petal: who may spray what, and when."""

import pytest

from pest_warning.advice import bees, groups


@pytest.mark.parametrize(("bbch", "expected"), [(58, False), (59, True), (69, True), (70, False), (None, False)])
def test_bloom_lasts_from_bbch_59_to_69(bbch, expected):
    assert bees.in_bloom(bbch) is expected


@pytest.mark.parametrize("group", ["IRAC 4A", "IRAC 6", "IRAC 3A", "IRAC 1B", "IRAC 5"])
def test_classes_that_harm_bees_fail_at_bloom_and_pass_before(group):
    assert bees.check(group, 65)[0] == "failed"
    assert bees.check(group, 57)[0] == "passed"


def test_a_selective_acaricide_is_limited_to_dusk():
    state, words = bees.check("IRAC 20D", 65)
    assert (state, "dusk" in words.en, "傍晚" in words.zh) == ("limited", True, True)


def test_an_unknown_stage_is_said_to_be_unknown():
    assert bees.check("IRAC 4A", None)[0] == "unknown"


def test_no_insecticide_is_free_at_bloom():
    free = [one.key for one in groups.catalogue() if one.at_bloom == "allowed"]
    assert free == ["bait"]


def test_a_product_that_is_not_named_counts_as_harmful():
    assert bees.at_bloom(None, "systemic") == "never"
    assert bees.at_bloom(None, "sulphur") == "dusk"
