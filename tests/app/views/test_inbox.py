"""The inbox: few cards, each with why, what, until when and how sure; seen, put off, wrong."""

from datetime import UTC, date, datetime

import pytest

from agro.errors import MissingDataError
from agro.store.alerts import AlertMark
from app.answers import pest_advice
from app.services.pests.alerts import Alert, Inbox
from pest_warning.organism import Words

pytestmark = pytest.mark.filterwarnings("ignore")


def alert(key="red_mite", level=4, plots=(("p1", "屋后坡"), ("p2", "河边地")), **changes):
    made = {
        "key": f"f1|{key}|{level}", "keys": tuple(f"{plot}|{key}|{level}" for plot, _ in plots), "organism": key,
        "quarantine": False, "level": level, "red": level == 4, "calibrated": False, "plots": plots,
        "names": tuple(name for _, name in plots),
        "head": Words("红蜘蛛：2 个地块预计超过防治指标", "red mite: 2 plots"),
        "why": Words("日均温 17 ℃，常年 14 ℃", "daily mean 17 degC, usually 14"),
        "do": Words("先查后打", "look, then spray"), "until": date(2026, 9, 23),
        "sure": Words("第 70–95 百分位；不是概率", "percentile 70 to 95; no probability"),
    }  # fmt: skip
    return Alert(**{**made, **changes})


def inbox(*alerts, **changes):
    made = {"issued": date(2026, 9, 20), "today": date(2026, 9, 21), "alerts": alerts or (alert(),), "shown": 5}
    return Inbox(**{**made, **changes})


@pytest.fixture
def marks(monkeypatch):
    """Remember what was marked instead of storing it."""
    done = []
    monkeypatch.setattr(pest_advice, "mark", lambda keys, *told: done.append((keys, *told)) or len(keys))
    monkeypatch.setattr(pest_advice, "restore", lambda keys: done.append((keys, "restored")) or len(keys))
    return done


@pytest.fixture
def opened(open_page, services):
    """Give a function that opens the page with an inbox."""
    return lambda box, language="zh": open_page(
        "inbox", language, {**services.full, "pest_alerts.of_viewer": lambda: box}
    )


def test_a_card_says_what_why_what_to_do_until_when_and_how_sure(opened, seen):
    text = seen(opened(inbox()))
    for part in ("屋后坡、河边地", "日均温 17 ℃", "先查后打", "9月23日", "第 70–95 百分位；不是概率", "未校准"):
        assert part in text
    assert "按 9月20日 的预报有 1 条提醒，最要紧的是：红蜘蛛：2 个地块预计超过防治指标" in text


def test_what_does_not_fit_is_counted_and_folded(opened):
    at = opened(inbox(*(alert(f"m{k}") for k in range(7))))
    (rest, _) = at.expander
    assert (rest.label, rest.proto.expanded) == ("另有 2 条", False)


def test_seen_marks_every_plot_of_the_alert(opened, marks):
    opened(inbox()).button(key="inbox_seen_0").click().run()
    assert marks == [(("p1|red_mite|4", "p2|red_mite|4"), "acknowledged")]


def test_put_off_asks_until_when_and_wrong_asks_what(opened, marks):
    at = opened(inbox())
    at.date_input(key="inbox_until_0").set_value(date(2026, 10, 1)).run()
    at.button(key="inbox_put_off_0").click().run()
    at.text_input(key="inbox_note_0").set_value("一头也没有").run()
    at.button(key="inbox_send_0").click().run()
    assert [told[1:] for told in marks] == [("snoozed", date(2026, 10, 1)), ("wrong", None, "一头也没有")]


def test_a_refusal_is_shown_and_nothing_else_breaks(opened, seen):
    at = opened(inbox())
    at.button(key="inbox_send_0").click().run()  # no note
    assert not at.exception
    assert "请写一句哪里不对" in seen(at)


def test_what_was_marked_can_be_called_back(opened, marks, seen):
    mark = AlertMark("m1", "a1", "p1|red_mite|4", "snoozed", date(2026, 10, 1), "", datetime(2026, 9, 21, tzinfo=UTC))
    at = opened(inbox(alert("scab", 3), marked=((alert(), mark),)))
    assert "已处理 1 条" in seen(at)
    at.button(key="inbox_again_0").click().run()
    assert marks == [(alert().keys, "restored")]


def test_others_plots_are_a_draft_and_law_matters_that_wait_are_named(opened, seen):
    text = seen(opened(inbox(draft=True, held=(Words("柑橘大实蝇", "Chinese citrus fly"),))))
    assert "草稿，未发布" in text
    assert "柑橘大实蝇是检疫对象" in text


def test_an_alert_leads_to_the_plot_that_was_chosen(opened):
    at = opened(inbox())
    at.selectbox(key="inbox_plot_0").set_value("p2").run()
    at.button(key="inbox_open_0").click().run()
    assert at.session_state["plot"] == "p2"


def test_the_text_for_a_chat_group_can_be_copied(opened):
    (text,) = [one.value for one in opened(inbox()).code]
    assert text.startswith("【柑橘病虫提醒】9月20日的预报")


@pytest.mark.parametrize(("language", "said"), [("zh", "没有提醒不等于没有病虫"), ("en", "Silence is no all-clear")])
def test_a_quiet_inbox_is_no_all_clear(opened, seen, language, said):
    at = opened(Inbox(date(2026, 9, 20), date(2026, 9, 21)), language)
    assert not at.exception
    assert said in seen(at)


def test_before_the_first_run_it_says_so(opened, seen):
    assert "还没有算过病虫预报" in seen(opened(Inbox(None, date(2026, 9, 21))))


def test_a_service_that_fails_shows_its_sentence(open_page, seen, services):
    def none():
        raise MissingDataError("nothing", zh="还缺资料")

    at = open_page("inbox", "zh", {**services.full, "pest_alerts.of_viewer": none})
    assert not at.exception
    assert "还缺资料" in seen(at)
