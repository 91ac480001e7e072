"""The file of rules: complete, in two languages, neutral, and refused where it says something unknown."""

import re
import string

import pytest

from agro.errors import ParameterError
from growth_model.advice import fields, rules
from growth_model.advice.rules import KINDS, label, on_tree_limits

ALL = {rule.key: rule for rule in rules()}
LATIN_BRANDS = re.compile(  # makers of crop protection and fertiliser
    r"\b(basf|bayer|syngenta|corteva|adama|nufarm|upl|fmc|sumitomo|dupont|dow|monsanto|yara|haifa|nutrien)\b", re.I
)
CHINESE_BRANDS = re.compile(
    "巴斯夫|拜耳|先正达|科迪华|安道麦|富美实|住友|杜邦|陶氏|孟山都|雅苒|史丹利|金正大|诺普信|国光"
)
SMALL = """
[rule.water]
stage = "set"
organ = "root"
kind = "act"
urgency = "days"
all = [{ field = "water_stress", below = 0.8 }]
until = { cleared = true }
lead = { zh = "三天以内", en = "Within three days" }
what = { zh = "浇水。", en = "Irrigate." }
why = { zh = "土干，{cases}。", en = "The soil is dry, {cases}." }
source = "usual practice"
evidence = "judgement"
"""


def read(tmp_path, text):
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path, lambda: rules(path)


def test_a_small_file_of_rules_is_read(tmp_path):
    _, load = read(tmp_path, SMALL)
    (rule,) = load()
    assert (rule.key, rule.kind, rule.share) == ("water", "act", 0.5)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("water_stress", "water_stres", "unknown field 'water_stres'"),
        ("below = 0.8", "under = 0.8", "does not know under"),
        ("below = 0.8", 'below = "0.8"', "a bound is a number"),
        ("below = 0.8", "known = true, below = 0.8", "either bounds"),
        ("below = 0.8", 'below = 0.8, take = "min"', "needs take together"),
        ("below = 0.8", 'below = 0.8, over_days = 7, take = "median"', "unknown take 'median'"),
        ("below = 0.8", "below = { satsuma = 0.7 }", "needs a default"),
        ("below = 0.8", "below = { default = 0.8, apple = 0.7 }", "apple"),
        ("below = 0.8", 'below = { crop = "maturity.sweetness" }', "has no number 'maturity.sweetness'"),
        ("below = 0.8", "below = 0.8, share_of_members = 20", "share_of_members lies above 0"),
        ('en = "Irrigate."', 'de = "Giessen."', "needs a sentence in zh and en"),
        ('zh = "浇水。"', 'zh = ""', "needs a sentence in zh and en"),
        ("{cases}。", "{chance}。", "unknown placeholder chance"),
        ('kind = "act"', 'kind = "order"', "unknown word 'order'"),
        ('source = "usual practice"', 'source = " "', "source: is empty"),
        ('evidence = "judgement"', 'evidence = "sure"', "evidence: unknown word 'sure'"),
        ("until = { cleared = true }", "until = { never = true }", "is a number of days"),
        ("until = { cleared = true }\n", "", "needs until"),
        ('organ = "root"', 'organ = "root"\nseller = "x"', "does not know seller"),
        ('organ = "root"', 'organ = "root"\ngroups = ["apple"]', "unknown word 'apple'"),
        ('organ = "root"', 'organ = "root"\ndeadline = "5 pm"', "HH:MM"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_file_and_key(tmp_path, old, new, told):
    assert old in SMALL
    path, load = read(tmp_path, SMALL.replace(old, new))
    with pytest.raises(ParameterError) as refused:
        load()
    assert str(refused.value).startswith(f"{path} [rule.water] ")
    assert told in str(refused.value)
    assert re.search("[一-鿿]", refused.value.zh)


@pytest.mark.parametrize("key", sorted(ALL))
def test_every_rule_says_when_what_why_until_when_and_who_says_so(key):
    rule = ALL[key]
    assert len(rule.source) > 10
    assert rule.evidence in ("found", "computed", "recalled", "judgement")
    assert rule.until
    for sentence in (rule.what, rule.why, rule.lead):
        assert sentence["zh"].strip()
        assert re.search("[一-鿿]", sentence["zh"])
        assert sentence["en"].strip()
        assert not re.search("[一-鿿]", sentence["en"])


@pytest.mark.parametrize("key", sorted(ALL))
def test_both_languages_tell_the_same_numbers(key):
    def told(sentence):
        return {name.removesuffix("_en") for _, name, _, _ in string.Formatter().parse(sentence) if name}

    for sentence in (ALL[key].what, ALL[key].why, ALL[key].lead):
        assert told(sentence["zh"]) == told(sentence["en"])


@pytest.mark.parametrize("key", sorted(ALL))
def test_no_rule_names_a_brand(key):
    rule = ALL[key]
    words = " ".join((rule.source, *rule.what.values(), *rule.why.values(), *rule.lead.values()))
    assert not LATIN_BRANDS.search(words)
    assert not CHINESE_BRANDS.search(words)


@pytest.mark.parametrize("key", sorted(ALL))
def test_sprays_and_regulators_are_advised_only_as_the_label_allows(key):
    only_named = {"harvest_near", "sunburn"}  # look up past sprays; do not spray at noon
    what = ALL[key].what
    if re.search("regulator|spray", what["en"], re.I) and key not in only_named:
        assert "as the current national label allows" in what["en"]
        assert "现行" in what["zh"]
        assert "标签" in what["zh"]
        assert ALL[key].needs_label


def test_every_row_of_the_stage_table_has_a_rule():
    stages = {rule.stage for rule in ALL.values()}
    assert stages == {"rest", "bud_break", "bud", "bloom", "set", "expansion", "ripening", "harvest", "any"} - {"bloom"}
    assert {rule.kind for rule in ALL.values()} == set(KINDS)
    assert len(ALL) >= 20


def test_frost_messages_leave_by_five():
    assert {key: rule.deadline for key, rule in ALL.items() if key.startswith("frost")} == {
        "frost_night": "17:00",
        "frost_leaves": "17:00",
        "frost_young_shoots": "17:00",
    }


def test_published_limits_on_the_tree_are_days_of_the_year():
    # Tang 2006: Newhall by the end of January; Liu Qian et al. 2026: Tarocco No. 3 at the end of March
    assert on_tree_limits()["navel"] == (1, 31)
    assert on_tree_limits()["tarocco"] == (3, 31)


def test_a_limit_of_an_unknown_group_is_refused(tmp_path):
    path, _ = read(tmp_path, '[on_tree]\napple = { date = "01-31", source = "x", evidence = "found" }')
    with pytest.raises(ParameterError, match="apple"):
        on_tree_limits(path)


def test_the_label_has_an_address():
    assert label()["url"].startswith("http")


def test_every_field_has_a_unit_and_a_meaning():
    assert all(set(entry) <= {"unit", "meaning", "derived"} and entry["meaning"] for entry in fields().values())
