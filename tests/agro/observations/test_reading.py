from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import InputError
from agro.observations import kinds, read, template_csv
from agro.observations.reading import Refused, day, kind_of


@pytest.fixture
def table(tmp_path):
    """Give a function that reads a table written here."""

    def read_it(text, encoding="utf-8"):
        path = tmp_path / "a.csv"
        path.write_bytes(text.encode(encoding))
        return read(path)

    return read_it


def told(table):
    return [(row.plot, row.kind, row.date.isoformat(), row.value, row.n) for row in table.rows]


def refused(table):
    return [one.en for one in table.findings if one.level == "refused"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_long_table_reads_alike_in_every_encoding_and_with_every_mark(table, encoding, mark):
    rows = [["地块", "日期", "项目", "数值", "数量", "备注"], ["东坡", "2024/7/20", "果径", "45.2", "20", ""],
            ["东坡", "2024年4月12日", "盛花期", "", "", "东边先开"]]  # fmt: skip
    found = table("\r\n".join(mark.join(row) for row in rows), encoding)
    assert told(found) == [("东坡", "diameter", "2024-07-20", 45.2, 20), ("东坡", "bloom_65", "2024-04-12", None, None)]
    assert found.rows[1].note == "东边先开"
    assert refused(found) == []


@pytest.mark.parametrize("head", ["项目", "类型", "种类", "Kind"])
def test_what_was_observed_stands_under_any_of_its_usual_heads(table, head):
    found = table(f"地块,{head},日期,数值\n东坡,果径,2026-09-01,65\n")
    assert told(found) == [("东坡", "diameter", "2026-09-01", 65.0, None)]


def test_a_wide_table_gives_a_row_for_each_filled_cell(table):
    found = table(
        "plot,farm,date,果径mm,糖度,酸度(g/L),盛花期,n\nA,F,2024-11-02,66,10.8,9,2024-04-12,10\nB,F,2024-11-02,,9.9,-,,\n"
    )
    assert told(found) == [
        ("A", "diameter", "2024-11-02", 66.0, 10),
        ("A", "tss", "2024-11-02", 10.8, 10),
        ("A", "ta", "2024-11-02", 0.9, 10),
        ("A", "bloom_65", "2024-04-12", None, None),
        ("B", "tss", "2024-11-02", 9.9, None),
    ]
    assert found.rows[0].farm == "F"


def test_a_table_of_bloom_dates_needs_no_other_date(table):
    found = table("地块,初花,盛花\n东坡,2024-04-05,2024-04-12\n西坡,,\n")
    assert told(found) == [
        ("东坡", "bloom_10", "2024-04-05", None, None),
        ("东坡", "bloom_65", "2024-04-12", None, None),
    ]
    assert "1 rows hold no value" in [one.en for one in found.findings]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("产量,34.5,", 34.5),
        ("产量,2300,kg/亩", 34.5),  # 2300 kg x 15 mu ha-1
        ("产量（斤/亩）,4600,", 34.5),
        ("亩产公斤,2300,", 34.5),
        ("yield,4600 jin/mu,", 34.5),
        ("yield,2.3 t/mu,", 34.5),
        ("果径,4.5,cm", 45.0),
        ("果径,４５．２ mm,", 45.2),
        ("土壤含水量,25,%", 0.25),
        ("TA,1.2%,", 1.2),
        ("采收,,", None),
        ("采收,2300 kg/亩,", 34.5),
    ],
)
def test_numbers_come_in_the_units_of_the_field(table, written, expected):
    (row,) = table(f"plot,date,kind,value,unit\nA,2024-12-01,{written}\n").rows
    assert row.value == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("written", "match"),
    [
        ("A,2024-07-20,果茎,45,", "row 2: unknown kind '果茎'; known: bloom_10"),
        ("A,2024-07-20,,45,", "row 2: no kind is named"),
        ("A,2024-07-20,果径,,", "row 2: fruit diameter has no value"),
        ("A,2024-07-20,果径,大,", "row 2: fruit diameter is '大'; a number is needed"),
        ("A,2024-07-20,果径,45,尺", "row 2: '尺': the unit of fruit diameter is not known"),
        ('A,2024-07-20,果径,"45,2",', "row 2: '45,2': the unit"),
        ("A,2024-07-20,亩产,2300,", "row 2: '亩产' names no unit"),
        ("A,7月20日,果径,45,", "row 2: '7月20日' is no date; write 2024-04-12"),
        ("A,2024-02-30,果径,45,", "row 2: '2024-02-30' is no date"),
        ("A,1900-02-03,果径,45,", "row 2: the year 1900"),
        ("A,,果径,45,", "row 2: no date"),
        (",2024-07-20,果径,45,", "row 2: no plot is named"),
        ("A,2024-04-20,盛花,2024-04-12,", "is on 2024-04-20 or on 2024-04-12; one date is needed"),
    ],
)
def test_a_careless_row_is_named_and_the_others_stay(table, written, match):
    found = table(f"plot,date,kind,value,unit\n{written}\nB,2024-07-20,diameter,44,\n")
    assert [row.plot for row in found.rows] == ["B"]
    (said,) = refused(found)
    assert match in said
    assert "第 2 行" in found.findings[0].zh


@pytest.mark.parametrize("n", ["0", "许多", "-3", "2.5"])
def test_a_number_of_fruit_is_a_whole_one(table, n):
    assert "the number measured is" in refused(table(f"plot,date,果径,n\nA,2024-07-20,45,{n}\n"))[0]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("日期,果径\n2024-07-20,45\n", "has the columns 日期, 果径; needed is a column plot"),
        ("plot,果径\nA,45\n", "needed is a column date"),
        ("plot,date,spam\nA,2024-07-20,1\n", "kind and value"),
        ("plot,date,果径mm,横径\nA,2024-07-20,45,44\n", "are both fruit diameter"),
        ("plot,地块,date,果径\nA,A,2024-07-20,45\n", "say the same"),
        ("plot,date,亩产\nA,2024-12-01,2300\n", "'亩产' names no unit"),
        ("plot,date,果径\nA,2024-07-20\n", "line 2: 2 fields; the header has 3"),
    ],
)
def test_a_table_without_the_columns_is_refused_whole(table, text, match):
    with pytest.raises(InputError, match=match) as caught:
        table(text)
    assert caught.value.zh != str(caught.value)


def test_columns_that_are_not_understood_are_told(table):
    found = table("plot,date,果径mm,天气,采收人,着色指数\nA,2024-07-20,45,晴,张三,2\n")
    assert [one.en for one in found.findings] == ["columns not understood, left out: 天气, 采收人, 着色指数"]
    half = table("plot,date,糖度,果径(尺)\nA,2024-11-20,10,2\n")
    assert "column '果径(尺)'" in refused(half)[0]
    assert len(half.rows) == 1


@pytest.mark.parametrize("word", ["total", "table", "tag", "品种", "树龄", "brixton"])
def test_other_words_are_no_kind(word):
    assert kind_of(word) is None


@pytest.mark.parametrize("key", kinds())
def test_each_kind_is_known_by_all_its_words_with_and_without_a_unit(key):
    kind = kinds()[key]
    for word in (key, kind.zh, kind.en, *kind.words):
        assert kind_of(word) == (kind, 1.0)
    for unit, factor in kind.also.items():
        if not kind.dates:
            assert kind_of(f"{kind.zh}({unit})") == (kind, factor)


@given(when=st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_a_date_is_read_as_people_write_it(when):
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y-%m-%d 00:00"):
        assert day(when.strftime(form)) == when
    assert day(f"{when.year}年{when.month}月{when.day}日") == when


@given(text=st.text(max_size=12))
def test_no_text_breaks_the_reader_of_dates_and_kinds(text):
    for reader in (day, kind_of):
        with suppress(Refused):
            reader(text)


def test_the_template_reads_back(table):
    found = table(template_csv())
    assert [row.kind for row in found.rows] == ["bloom_65", "diameter", "tss", "yield"]
    assert found.findings == []
