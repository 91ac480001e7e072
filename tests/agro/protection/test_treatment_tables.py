from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from agro.farm import Treatment
from agro.protection import deeds, equipment, evidence, mode_of_action
from agro.protection.treatments import checked, read

HEAD = "果园,地块,日期,类型,药剂,作用机理,防治对象,用量,器械,面积比例,依据,备注\n"
TODAY = date(2026, 7, 1)


@pytest.fixture
def table(tmp_path):
    """Give a function that reads a table written here."""

    def read_it(text, encoding="utf-8"):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        return read(path)

    return read_it


def refused(table):
    return [one.en for one in table.findings if one.level == "refused"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_a_table_in_chinese_is_understood(table, encoding):
    found = table(
        HEAD + "甲园,东坡,2026/5/6,喷药,药剂甲,FRAC M3、IRAC 6,红蜘蛛、黑点病,600 倍,无人机,50%,飞行日志,东半块\n"
        ",西坡,2026年6月1日,抹梢,,,,,,,,\n",
        encoding,
    )
    one, other = found.rows
    assert (one.farm, one.plot, one.date, one.kind, one.product) == (
        "甲园",
        "东坡",
        date(2026, 5, 6),
        "spray",
        "药剂甲",
    )
    assert (one.groups, one.targets) == (("FRAC M03", "IRAC 6"), ("红蜘蛛", "黑点病"))
    assert (one.dose, one.equipment, one.share, one.evidence, one.note) == (
        "600 倍",
        "drone",
        0.5,
        "flight_log",
        "东半块",
    )
    assert (other.kind, other.product, other.share, other.evidence, other.equipment) == (
        "flush_removal", "", 1.0, "said", "",
    )  # fmt: skip
    assert found.findings == []


def test_a_table_in_english_needs_few_columns(table):
    found = table("plot;date;product;mode of action\nA;2026-05-06;Copper;frac m1\n")
    assert [(row.kind, row.product, row.groups) for row in found.rows] == [("spray", "Copper", ("FRAC M01",))]


@pytest.mark.parametrize(
    ("row", "match"),
    [
        ("东坡,2026-05-06,喷药,甲,6,,", "row 2: '6' is no mode of action; write for example FRAC M01 or IRAC 6"),
        ("东坡,2026-05-06,喷药,甲,IRAC M1,,", "row 2: 'IRAC M1' is no mode of action"),
        ("东坡,2026-05-06,念咒,,,,", "row 2: unknown kind of treatment '念咒'; known: spray, bait"),
        ("东坡,2026-05-06,,,,,", "row 2: neither kind nor product is named"),
        ("东坡,2026-05-06,喷药,甲,,热气球,", "row 2: unknown equipment '热气球'; known: knapsack"),
        ("东坡,2026-05-06,喷药,甲,,,150%", "row 2: the part of the plot is '150%'; above 0 and up to 1"),
        ("东坡,2026-05-06,喷药,甲,,,50", "row 2: the part of the plot is '50'; above 0 and up to 1"),
        ("东坡,2026-05-06,喷药,甲,,,0", "row 2: the part of the plot is '0'"),
        ("东坡,2026-05-06,喷药,甲,,,一半", "row 2: the part of the plot is '一半'"),
        ("东坡,五月,喷药,甲,,,", "row 2: '五月' is no date"),
        ("东坡,,喷药,甲,,,", "row 2: no date"),
        (",2026-05-06,喷药,甲,,,", "row 2: no plot is named"),
    ],
)
def test_a_careless_row_is_named_and_the_others_stay(table, row, match):
    found = table(f"地块,日期,类型,药剂,作用机理,器械,面积比例\n{row}\n西坡,2026-05-06,喷药,乙,,,\n")
    assert [one.plot for one in found.rows] == ["西坡"]
    (said,) = refused(found)
    assert said.startswith(match)
    assert found.findings[0].zh.startswith("第 2 行：")


def test_what_is_no_table_of_treatments_is_refused(table):
    with pytest.raises(InputError, match="has the columns 甲, 日期; needed is a column plot") as caught:
        table("甲,日期\n1,2026-05-06\n")
    assert "还需要“地块”列" in caught.value.zh
    with pytest.raises(InputError, match="the columns '药剂' and '农药' say the same"):
        table("地块,日期,药剂,农药\nA,2026-05-06,a,b\n")


def test_columns_that_nobody_understands_are_told(table):
    found = table("地块,日期,类型,天气\n东坡,2026-05-06,喷药,晴\n")
    assert [one.en for one in found.findings] == ["columns not understood, left out: 天气"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("FRAC M01", "FRAC M01"),
        ("frac m1", "FRAC M01"),
        ("M03", "FRAC M03"),
        ("FRAC：11", "FRAC 11"),
        ("ＩＲＡＣ　10Ａ", "IRAC 10A"),
        ("IRAC-06", "IRAC 6"),
        ("irac UNM", "IRAC UNM"),
        ("FRAC BM02", "FRAC BM02"),
        ("P7", "FRAC P07"),
        ("HRAC 9", "HRAC 9"),
    ],
)
def test_modes_of_action_are_written_as_their_committees_do(written, code):
    assert mode_of_action(written) == code
    assert mode_of_action(code) == code


@pytest.mark.parametrize("written", ["", "6", "10A", "IRAC", "FRAC 10A", "IRAC M01", "HRAC UN", "硫磺", "FRAC 111"])
def test_what_names_no_committee_is_no_mode_of_action(written):
    with pytest.raises(InputError, match="is no mode of action"):
        mode_of_action(written)


@given(text=st.text(max_size=12))
def test_any_text_is_a_code_that_stays_itself_or_is_refused(text):
    try:
        code = mode_of_action(text)
    except InputError:
        return
    assert mode_of_action(code) == code


def spray(**more):
    return Treatment("", "p", date(2026, 5, 6), **({"kind": "spray", "product": "a"} | more))


@pytest.mark.parametrize(
    ("odd", "match"),
    [
        ({"kind": "prayer"}, "unknown kind of treatment 'prayer'"),
        ({"evidence": "rumour"}, "unknown evidence 'rumour'; known: invoice, flight_log, photo, said"),
        ({"equipment": "balloon"}, "unknown equipment 'balloon'"),
        ({"share": 1.2}, "the part of the plot is 1.2"),
        ({"share": float("nan")}, "the part of the plot is nan"),
        ({"groups": ("FRAC M1",)}, "'FRAC M1' is written FRAC M01"),
        ({"groups": ("6",)}, "is no mode of action"),
    ],
)
def test_what_cannot_be_is_refused(odd, match):
    with pytest.raises(InputError, match=match):
        checked(spray(**odd), TODAY)


def test_a_treatment_of_tomorrow_is_refused_and_one_of_today_is_not():
    assert checked(spray(), date(2026, 5, 6)) == []
    with pytest.raises(InputError, match="the date 2026-05-06 is in the future; it is 2026-05-05"):
        checked(spray(), date(2026, 5, 5))


def test_a_spray_without_its_product_is_odd_and_pruning_is_not():
    assert [one.level for one in checked(spray(product=""), TODAY)] == ["warning"]
    assert checked(spray(product="", groups=("IRAC 6",)), TODAY) == []
    assert checked(spray(product="", kind="pruning"), TODAY) == []


def test_all_kinds_of_the_design_are_known_and_no_word_names_two():
    assert set(deeds()) == {
        "spray", "bait", "lure", "release", "removal", "pruning", "litter", "bagging", "soil", "flush_removal", "other",
    }  # fmt: skip
    assert set(equipment()) == {"knapsack", "mist_blower", "drone", "gun"}
    assert list(evidence()) == ["invoice", "flight_log", "photo", "said"]
    for known in (deeds(), equipment(), evidence()):
        words = [word.lower() for one in known.values() for word in {one.key, one.zh, one.en, *one.words}]
        assert len(words) == len(set(words))
