"""The handbook: names that must not be confused, mild before strong, numbers with sources, honest about its skill."""

from datetime import date

import pandas as pd
import pytest

from agro.errors import NotAllowedError
from agro.farm import Viewer
from app import session
from app.answers import pest_advice
from app.components import organism_story
from app.services.pests import organism_page, standing
from pest_warning import organism
from pest_warning.organism import Words

pytestmark = pytest.mark.filterwarnings("ignore")
LEVELS = [4, 3, 2, 0, 1]


class Store:
    """A platform that has scored nothing, or what it is told."""

    def __init__(self, settings=None):
        self.settings, self.store = settings or {}, self

    def setting(self, name, default=None):
        return self.settings.get(name, default)

    def region(self):
        return None

    def clock(self):
        return pd.Timestamp("2026-09-20", tz="UTC")


@pytest.fixture
def full(services, monkeypatch):
    monkeypatch.setattr(organism_page, "today", lambda home: date(2026, 9, 20))
    viewer = Viewer("a1", "果农", "grower")
    table = pd.DataFrame([[1, 2, 4, 0, 0]], columns=LEVELS, index=pd.Index([""], name="township"))
    return {
        **services.full,
        "organism_page.names": lambda: organism_page.names(viewer, None),
        "organism_page.page": lambda key: organism_page.page(viewer, Store(), key),
        "organism_page.sheet": lambda key: organism_page.sheet(viewer, None, key),
        "organism_page.where": lambda key: organism_page.Standing("own", date(2026, 9, 20), table, False),
    }


def pick(at, key):
    return at.selectbox(key="organism_pick").set_value(key).run()


@pytest.mark.parametrize("key", organism.keys())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_organism_of_the_catalogue_has_its_page(open_page, seen, full, key, language):
    at = open_page("organism", language, full)
    at = pick(at, key)
    assert not at.exception
    one, text = organism.load(key), seen(at)
    for part in (one.biology, one.look_alikes, one.scouting, one.thresholds, one.weak):
        assert getattr(part, language) in text
    assert one.latin in text


def test_who_sees_no_plots_reads_the_whole_page_all_the_same(open_page, seen, full, monkeypatch):
    def refused():
        raise NotAllowedError("'supplier' may not see plots", zh="无权查看地块")

    monkeypatch.setattr(session, "may", lambda action: action == "pest.skill")
    at = pick(open_page("organism", "zh", {**full, "farms.plots": refused}), "canker")
    assert organism.load("canker").weak.zh in seen(at)
    assert "无权" not in seen(at)


def test_melanose_and_black_spot_are_kept_apart(open_page, seen, full):
    text = seen(pick(open_page("organism", "zh", full), "black_spot"))
    assert "黑点病" in text
    assert [one.value for one in pick(open_page("organism", "zh", full), "black_spot").warning]


def test_where_law_asks_the_report_stands_first(open_page, seen, full):
    text = seen(pick(open_page("organism", "zh", full), "minax"))
    assert text.index("发现大实蝇或蛆果，先报") < text.index("怎么防：先轻后重")
    control = text.split("citrus-ladder")[-1]
    assert control.index("上报") < control.index("处置") < control.index("用药")


def test_modes_of_action_are_told_in_words_beside_their_codes(open_page, seen, full):
    text = seen(pick(open_page("organism", "zh", full), "red_mite"))
    assert "（IRAC 20D）" in text
    assert "（高级才用）" in text


def test_nothing_scored_is_told_as_nothing_known(open_page, seen, full):
    text = seen(pick(open_page("organism", "zh", full), "red_mite"))
    assert text.count("还没有用本地观测核对过，准不准不知道") == 3
    assert "模型未校准" in text
    assert "概率 " not in text


def test_a_verdict_is_told_as_it_was_given(open_page, seen, full):
    verdict = {"state": "demoted", "zh": "未能证明更好", "en": "not better", "since": "2026-01-01"}
    kept = {standing.VERDICTS: {"red_mite:15": [verdict]}}
    full["organism_page.page"] = lambda key: organism_page.page(None, Store(kept), key)
    text = seen(pick(open_page("organism", "zh", full), "red_mite"))
    assert "15 天：未能证明更好" in text
    assert text.count("准不准不知道") == 2


def test_every_number_of_a_file_comes_with_source_and_evidence():
    found = organism_page.numbers(organism.load("red_mite"))
    row = found.set_index(["section", "name"]).loc[("generation", "sum")]
    assert (row["value"], row["unit"], row["evidence"]) == ("347.5", "degC d", "found")
    assert "Yasuda 1982" in row["source"]
    for one in organism.catalogue():
        table = organism_page.numbers(one)
        assert len(table) > 3
        assert (table["source"].str.strip() != "").all()


def test_where_it_stands_is_told_by_level_and_a_refusal_ends_no_page(open_page, seen, full):
    at = open_page("organism", "zh", full)
    assert list(at.dataframe[0].value.columns) == ["高", "中", "低", "不在发生期", "算不出"]

    def hushed(key):
        raise NotAllowedError("from September to December only the station", zh="九月到十二月只给植保站看")

    at = open_page("organism", "zh", {**full, "organism_page.where": hushed})
    assert not at.exception
    assert "九月到十二月只给植保站看" in seen(at)
    assert "模型和依据" in seen(at)


def test_others_plots_carry_the_draft_and_officials_see_sums(open_page, seen, full):
    sums = pd.DataFrame({"township": ["全县"], "warned_mu": [120.0], "calm_mu": [float("nan")], "complete": [0.97]})
    full["organism_page.where"] = lambda key: organism_page.Standing("sums", date(2026, 9, 20), sums, True, 3)
    at = open_page("organism", "zh", full)
    assert "草稿，未发布" in seen(at)
    assert at.dataframe[0].value.iloc[0].to_list() == ["全县", "120", "–", "97 %"]
    assert "另有 3 个乡镇不便显示" in seen(at)


def test_who_sees_no_pests_still_reads_the_handbook(open_page, seen, full):
    full["organism_page.where"] = lambda key: None
    at = open_page("organism", "en", full)
    assert not at.exception
    assert "Your role does not see where pests stand" in seen(at)


def test_the_sheet_tells_how_to_look_and_the_table_is_what_the_import_reads(open_page, full, tmp_path):
    from agro.protection import counts

    at = open_page("organism", "zh", full)
    assert not at.exception
    one = organism.load("red_mite")
    asked = pest_advice.sheet("red_mite")
    page = organism_story.printable(one, asked)
    assert page.count("<tr>") == 22
    assert "每株四面加中间取 10 片叶" in page
    assert "一个没有也要写 0" in page
    path = tmp_path / "sheet.csv"
    text = organism_story.template(one, asked).decode("utf-8-sig")
    path.write_text(text.replace(",,红蜘蛛", ",2026-09-01,红蜘蛛").replace(",50,,", ",50,3,9"), encoding="utf-8")
    found = counts.read(path)
    assert [(row.plot, row.method, row.n, row.total) for row in found.rows] == [
        ("屋后坡", "leaf", 50, 9), ("河边地", "leaf", 50, 9),
    ]  # fmt: skip


def test_a_plot_named_like_a_formula_stays_text():
    assert organism_story._cell('=1+1,"x"') == '"\'=1+1,""x"""'


def test_the_words_of_a_sheet_are_those_of_the_method():
    assert organism_page.sheet(None, None, "minax") == organism_page.Sheet(
        Words("剖果", "fruits cut open"), 200, "share", 0.01
    )
