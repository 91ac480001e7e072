from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from agro.farm import Count
from agro.protection import methods
from agro.protection.counts import checked, read

HEAD = "果园,地块,日期,病虫,方法,调查数,发生数,总数,天数,是否对照,备注\n"
TODAY = date(2026, 7, 1)


@pytest.fixture
def table(tmp_path):
    """Give a function that reads a table written here."""

    def read_it(text, encoding="utf-8", method=None):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        return read(path, method)

    return read_it


def told(found):
    return [(row.plot, row.organism, row.method, row.n, row.infested, row.total, row.days) for row in found.rows]


def refused(found):
    return [one.en for one in found.findings if one.level == "refused"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_a_table_of_counts_is_understood(table, encoding):
    found = table(
        HEAD + "甲园,东坡,2026-06-20,黑点病,查果,100,12,,,否,\n,西坡,2026-06-20,红蜘蛛,查叶,100叶,35,583,,是,两行\n",
        encoding,
    )
    assert told(found) == [
        ("东坡", "黑点病", "fruit", 100, 12, None, None),
        ("西坡", "红蜘蛛", "leaf", 100, 35, 583, None),
    ]
    assert [row.treated for row in found.rows] == [None, False]
    assert found.findings == []


def test_a_table_of_traps_needs_no_method(table):
    text = "地块,日期,病虫,诱集器数,诱虫数,天数\n东坡,2026-06-14,大实蝇,3,7,7 天\n西坡,2026-06-14,大实蝇,,0,\n"
    assert told(table(text)) == [
        ("东坡", "大实蝇", "trap", 3, None, 7, 7.0),
        ("西坡", "大实蝇", "trap", 1, None, 0, None),
    ]
    bare = "plot,date,pest,total,days\nA,2026-06-14,fly,2,6.5\n"
    assert told(table(bare, method="trap")) == [("A", "fly", "trap", 1, None, 2, 6.5)]
    with pytest.raises(InputError, match="needed is a column method"):
        table(bare)


def test_treated_and_untreated_strips_are_told_apart_under_either_head(table):
    rows = "A,2026-06-14,x,fruit,10,1,{}\n"
    for head, words in (("是否对照", {"是": False, "否": None, "": None}), ("treated", {"yes": True, "no": False})):
        found = table(f"plot,date,pest,method,n,infested,{head}\n" + "".join(rows.format(word) for word in words))
        assert [row.treated for row in found.rows] == list(words.values())


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("东坡,2026-06-20,黑点病,查果,百来个,12,,,", "row 2: the number looked at is '百来个'; a whole number from 0"),
        ("东坡,2026-06-20,黑点病,查果,,12,,,", "row 2: the number looked at is not told"),
        ("东坡,2026-06-20,黑点病,查果,100,12%,,,", "row 2: the number infested is '12%'; a whole number"),
        ("东坡,2026-06-20,黑点病,查果,100,-3,,,", "row 2: the number infested is '-3'"),
        ("东坡,2026-06-20,黑点病,查果,100,,5.83,,", "row 2: the total is '5.83'"),
        ("东坡,2026-06-20,黑点病,看一眼,100,12,,,", "row 2: unknown method '看一眼'; known: leaf, fruit"),
        ("东坡,2026-06-20,黑点病,,100,12,,,", "row 2: no method is named"),
        ("东坡,2026-06-20,,查果,100,12,,,", "row 2: no organism is named"),
        ("东坡,2026-06-20,黑点病,查果,100,12,,一周,", "row 2: days is '一周'; a number is needed"),
        ("东坡,2026-06-20,黑点病,查果,100,12,,,也许", "row 2: untreated is '也许'; yes or no is needed"),
        ("东坡,2026-02-30,黑点病,查果,100,12,,,", "row 2: '2026-02-30' is no date"),
    ],
)
def test_a_careless_row_is_named_and_the_others_stay(table, row, match):
    head = "地块,日期,病虫,方法,调查数,发生数,总数,天数,是否对照\n"
    found = table(f"{head}{row}\n西坡,2026-06-20,黑点病,查果,50,0,,,\n")
    assert [one.plot for one in found.rows] == ["西坡"]
    (said,) = refused(found)
    assert said.startswith(match)


def count(**more):
    given = {"method": "fruit", "n": 100, "infested": 12} | more
    return Count("", "p", "melanose", date(2026, 6, 20), **given)


@pytest.mark.parametrize(
    ("odd", "match"),
    [
        ({"method": "glance"}, "unknown method 'glance'"),
        ({"evidence": "invoice"}, "evidence 'invoice'; measured or said is needed"),
        ({"n": 0}, "0 fruits looked at; 1 to 20000 is needed"),
        ({"n": 30_000}, "30000 fruits looked at"),
        ({"infested": None}, "neither the infested units nor the total is told"),
        ({"infested": 101}, "101 infested of 100 looked at; 0 to 100 is needed"),
        ({"infested": -1}, "-1 infested"),
        ({"infested": None, "total": -1}, "-1 in all"),
        ({"infested": None, "total": 500_001}, "500001 in all on 100 fruits; 0 to 500000 is needed"),
        ({"total": 11}, "12 infested with 11 in all"),
        ({"infested": 0, "total": 3}, "0 infested with 3 in all"),
        ({"days": 7.0}, "fruits have no days; got 7"),
        ({"method": "trap", "days": 0.0}, "it hung for 0 days"),
        ({"method": "trap", "days": float("nan")}, "it hung for nan days"),
    ],
)
def test_numbers_that_cannot_be_are_refused(odd, match):
    with pytest.raises(InputError, match=match):
        checked(count(**odd), TODAY)


def test_a_count_of_tomorrow_is_refused():
    with pytest.raises(InputError, match="in the future"):
        checked(count(), date(2026, 6, 19))


@pytest.mark.parametrize(
    ("odd", "match"),
    [
        ({"n": 5, "infested": 2}, "5 fruits looked at is odd"),
        ({"method": "trap", "n": 3, "infested": 1}, "no days told"),
    ],
)
def test_what_is_odd_may_be_true(odd, match):
    (said,) = checked(count(**odd), TODAY)
    assert (said.level, match in said.en) == ("warning", True)
    assert checked(count(), TODAY) == []


@given(n=st.integers(1, 20_000), infested=st.integers(-5, 20_005), total=st.none() | st.integers(-5, 100_000))
def test_no_accepted_count_has_more_infested_than_looked_at_or_individuals(n, infested, total):
    try:
        checked(count(n=n, infested=infested, total=total), TODAY)
    except InputError:
        return
    assert 0 <= infested <= n
    assert total is None or (total >= infested and (total == 0) == (infested == 0))


def test_all_methods_of_the_design_are_known_and_no_word_names_two():
    assert set(methods()) == {"leaf", "fruit", "shoot", "tree", "lens", "cut_fruit", "trap", "tape", "twig"}
    words = [word.lower() for one in methods().values() for word in {one.key, one.zh, one.en, *one.words}]
    assert len(words) == len(set(words))
    for one in methods().values():
        assert one.possible[0] <= one.usual[0] < one.usual[1] <= one.possible[1]
