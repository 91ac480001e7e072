from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from agro.farm import Sample, Step
from agro.protection import RELEASED, STATES, following, states
from agro.protection.samples import checked, named, quarantine, read, require_next, state_of

HEAD = "果园,地块,日期,病虫,株号,经度,纬度,状态,苗木来源,备注\n"
DAY = date(2026, 10, 8)


@pytest.fixture
def table(tmp_path):
    """Give a function that reads a table written here."""

    def read_it(text, encoding="utf-8"):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        return read(path)

    return read_it


def test_the_steps_of_a_tree_are_understood(table):
    found = table(
        HEAD + "甲园,东坡,2026-10-08,黄龙病,T12,109.33,30.9,疑似,,斑驳\n,东坡,2026-10-10,,T12,,,送检,,\n"
        ",东坡,2027-03-01,黄龙病,T12,,,补种,网室苗,\n,东坡,2026-10-08,HLB,,,,,,\n",
        "gbk",
    )
    assert [(row.organism, row.tree, row.state, row.seedlings) for row in found.rows] == [
        ("黄龙病", "T12", "suspected", ""),
        ("huanglongbing", "T12", "sampled", ""),
        ("黄龙病", "T12", "replanted", "网室苗"),
        ("HLB", "", "suspected", ""),
    ]
    assert (found.rows[0].longitude, found.rows[0].latitude, found.rows[0].note) == (109.33, 30.9, "斑驳")
    assert found.findings == []


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("东坡,2026-10-08,T1,治愈,", "row 2: unknown state '治愈'; known: suspected, sampled"),
        ("东坡,2026-10-08,,确诊,", "row 2: which tree? its number or mark is needed"),
        ("东坡,2026-10-08,T1,疑似,东经", "row 2: the longitude is '东经'; a number is needed"),
    ],
)
def test_a_careless_row_is_named(table, row, match):
    found = table(f"地块,日期,株号,状态,经度\n{row}\n西坡,2026-10-08,T2,疑似,\n")
    assert [one.plot for one in found.rows] == ["西坡"]
    assert found.findings[0].en.startswith(match)


@given(order=st.lists(st.sampled_from([*STATES, RELEASED]), max_size=8))
def test_whatever_is_told_a_tree_goes_the_one_way(order):
    steps: list[Step] = []
    for state in order:
        step = Step(state, DAY)
        try:
            require_next(steps, step, "net house")
        except InputError:
            assert state not in (following(steps) if steps else ("suspected",))
            continue
        steps.append(step)
    told = [step.state for step in steps if step.state != RELEASED]
    ways = (["suspected", "sampled", answer, *rest] for answer, rest in
            (("confirmed", ["removed", "replanted"]), ("refuted", [])))  # fmt: skip
    assert any(told == way[: len(told)] for way in ways)
    assert state_of(steps) == (told[-1] if told else "suspected")
    if RELEASED in (states := [step.state for step in steps]):
        assert states.count(RELEASED) == 1
        assert {"confirmed", "refuted"} & set(states[: states.index(RELEASED)])


@pytest.mark.parametrize(
    ("longitude", "latitude", "match"),
    [(109.3, None, "both needed"), (200.0, 30.0, "no place on earth"), (float("nan"), 30.0, "no place on earth")],
)
def test_a_place_is_whole_and_on_earth(longitude, latitude, match):
    with pytest.raises(InputError, match=match):
        checked(Sample("", "p", "huanglongbing", DAY, longitude, latitude), DAY)


def test_a_suspicion_of_tomorrow_is_refused():
    checked(Sample("", "p", "huanglongbing", DAY, 109.3, 30.9), DAY)
    with pytest.raises(InputError, match="in the future"):
        checked(Sample("", "p", "huanglongbing", DAY), date(2026, 10, 7))


def test_states_are_those_of_the_design_and_huanglongbing_has_its_names():
    assert tuple(states()) == STATES
    assert {key for key, state in states().items() if state.laboratory} == {"confirmed", "refuted"}
    assert {named(word) for word in ("黄龙病", "HLB", "hlb", "Huanglongbing", "柑橘黄龙病")} == {"huanglongbing"}
    assert named("黄化") is None
    assert "黄龙病" in quarantine()
