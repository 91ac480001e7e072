"""The region in sums: five figures first, ranges, what is hidden, and the file that says it is a draft."""

import csv
import io
from types import SimpleNamespace

import pandas as pd
import pytest

from agro.farm import Role, Viewer
from app import session
from app.components import region_table

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        (
            "zh",
            (
                "882 亩",
                "58.8 公顷",
                "98 %",
                "18 天",
                "6至35",
                "82/84 块",
                "最早 11月19日；有的地块少数情形本季达不到",
                "5 个乡镇不足五户",
                "草稿，未发布",
                "合成示例",
                "糖酸比",
            ),
        ),
        (
            "en",
            (
                "882 mu",
                "82 of 84 plots",
                "from 19 Nov at the earliest; some plots, in some cases, not this season",
                "5 townships are not listed",
                "Draft, not issued",
                "Synthetic demo",
            ),
        ),
    ],
)
def test_sums_are_said_with_completeness_range_and_draft_mark(open_page, seen, language, parts):
    text = seen(open_page("region", language))
    for part in parts:
        assert part in text, part


def test_figures_stand_before_the_table(open_page, seen):
    text = seen(open_page("region"))
    assert text.index("citrus-figures") < text.index("citrus-table")


def test_the_file_opens_in_a_spreadsheet_and_says_what_it_is(services, monkeypatch):
    monkeypatch.setattr(session, "language", lambda: "zh")
    told = services.full["outlooks.regional"](None)
    made = region_table.csv(told, synthetic=True)
    assert made.startswith("\ufeff".encode())
    rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
    assert [row["乡镇"] for row in rows] == ["青岩县（合成）", "'=青岩镇"]  # nothing that a spreadsheet would run
    assert {row["发布状态"] for row in rows} == {"草稿，未发布"}
    assert {row["数据性质"] for row in rows} == {"合成示例，非真实数据"}
    assert rows[0]["可采（口感与着色） P90"] == ""
    assert rows[0]["果径（毫米） P50"] == "65.7"


def test_a_region_of_too_few_growers_is_told_nothing(open_page, seen, services):
    few = SimpleNamespace(issued=services.day(0), table=pd.DataFrame(), hidden=3, plots=9, with_outlook=9)
    text = seen(open_page("region", "zh", {**services.full, "outlooks.regional": lambda on: few}))
    assert "不足五户" in text
    assert "citrus-figures" not in text.split("</style>")[1]


@pytest.mark.parametrize(("role", "draft"), [(Role.OFFICIAL, True), (Role.AGRONOMIST, True), (Role.GROWER, False)])
def test_only_ones_own_plots_need_no_issue(monkeypatch, role, draft):
    monkeypatch.setattr(session, "viewer", lambda: Viewer("a", "b", role))
    assert session.drafts() is draft
