"""Alerts: few, by organism and farm; a mark hides one until its level rises; the station hears of law matters first."""

from datetime import UTC, date, datetime, timedelta

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from agro.store.rights import OPERATOR
from app.services import farms as orchards
from app.services.pests import alert_marks, alert_message, alerts
from app.services.platform import open_platform
from pest_warning import organism, outlook
from tests.app.services.pests.hand_made import ISSUED, farms, keep, plots, row

NOW = datetime(2024, 3, 31, 1, tzinfo=UTC)
DISEASES = ("anthracnose", "scab", "melanose", "black_spot", "brown_rot", "alternaria_brown_spot")


@pytest.fixture
def home(small_home, monkeypatch):
    """Four plots: three of one farm, one of another; the clock stands on the morning after the day of issue."""
    platform = open_platform(small_home)
    for k, name in enumerate(("坎上地", "沟边地")):
        orchards.add_plot(
            OPERATOR, platform, farm=farms(platform)["甲果园"], name=name, cultivar="navel",
            pin=(109.336 + 0.002 * k, 30.906), area_mu=2.0,
        )  # fmt: skip
    monkeypatch.setattr(platform.store, "clock", lambda: NOW)
    yield platform
    platform.store.close()


def grower(home, farm="甲果园", role=Role.GROWER):
    return Viewer("a1", "果农", role, farms=(farms(home)[farm],))


STATION, AGRONOMIST = Viewer("s1", "植保站", Role.STATION), Viewer("n1", "农技员", Role.AGRONOMIST)


def mine(home):
    return [plot for name, plot in plots(home).items() if name != "屋后坡"]


def heads(inbox):
    return [one.head.zh for one in inbox.alerts]


def test_three_plots_of_one_farm_make_one_alert_with_all_that_must_be_said(home):
    keep(home, [row(plot, index=2.0 + k) for k, plot in enumerate(plots(home).values())])
    (one,) = alerts.of_viewer(grower(home), home).alerts
    assert one.head.zh == "红蜘蛛（柑橘全爪螨）：3 个地块预计超过防治指标"
    assert one.head.en.startswith("citrus red mite: 3 plots")
    assert {name for _, name in one.plots} == {"河边地", "坎上地", "沟边地"}
    assert one.why.zh == "日均温 17.0 ℃，常年 14.0 ℃"
    assert "先查后打" in one.do.zh
    assert one.until == ISSUED + timedelta(3)  # ladder.toml: high, look again within three days
    assert "不是概率" in one.sure.zh
    assert "5 天前查过" in one.sure.zh
    assert one.red


def test_without_calibration_no_probability_is_told_even_where_one_slipped_in(home):
    keep(home, [row(plot, p=0.87, p_lo=0.81, p_hi=0.92) for plot in mine(home)])
    (one,) = alerts.of_viewer(grower(home), home).alerts
    text = one.sure.zh + one.sure.en
    assert not {"87", "81", "92"} & set(text.replace("%", " ").split())
    assert not one.calibrated
    assert "第 70–95 百分位" in text


def test_what_was_not_looked_at_or_not_written_down_is_said_and_never_reads_as_not_sprayed(home):
    keep(home, [row(plot, scouted=float("nan"), recorded=False) for plot in mine(home)])
    (one,) = alerts.of_viewer(grower(home), home).alerts
    assert "没有查过" in one.sure.zh
    assert "不等于没打药" in one.sure.zh


def test_only_medium_and_high_are_told_and_a_driver_that_lowers_is_no_reason(home):
    low = [row(plot, level=outlook.LOW) for plot in mine(home)]
    off = [row(plot, "leafminer", level=outlook.NOTHING) for plot in mine(home)]
    scab = [row(mine(home)[0], "scab", level=outlook.MEDIUM, unit="1", driver1_key="tissue", driver1_log=-0.5)]
    keep(home, low + off + scab)
    (one,) = alerts.of_viewer(grower(home), home).alerts
    assert one.organism == "scab"
    assert not one.red
    assert "与往年此时相近" in one.why.zh


def test_more_than_fit_are_counted_and_not_shown(home):
    plot = mine(home)[0]
    keep(home, [row(plot), *(row(plot, key, level=outlook.MEDIUM, unit="1") for key in DISEASES)])
    inbox = alerts.of_viewer(grower(home), home)
    assert (len(inbox.alerts), inbox.shown, inbox.rest) == (7, 5, 2)
    assert inbox.alerts[0].organism == "red_mite"  # high stands before medium


def test_an_alert_that_was_seen_stays_away_until_its_level_rises(home):
    viewer, plot = grower(home), mine(home)[0]
    keep(home, [row(plot, level=outlook.MEDIUM)])
    alert_marks.mark(viewer, home, alerts.of_viewer(viewer, home).alerts[0].keys, "acknowledged")
    keep(home, [row(plot, level=outlook.MEDIUM)], ISSUED + timedelta(1))
    inbox = alerts.of_viewer(viewer, home)
    assert inbox.alerts == ()
    assert [mark.state for _, mark in inbox.marked] == ["acknowledged"]
    keep(home, [row(plot, level=outlook.HIGH)], ISSUED + timedelta(2))
    assert heads(alerts.of_viewer(viewer, home)) == ["红蜘蛛（柑橘全爪螨）：1 个地块预计超过防治指标"]


def test_a_mark_on_high_covers_medium_too_and_is_the_viewers_own(home):
    viewer, plot = grower(home), mine(home)[0]
    keep(home, [row(plot)])
    alert_marks.mark(viewer, home, alerts.of_viewer(viewer, home).alerts[0].keys, "acknowledged")
    keep(home, [row(plot, level=outlook.MEDIUM)], ISSUED + timedelta(1))
    assert alerts.of_viewer(viewer, home).alerts == ()
    other = Viewer("a2", "家人", Role.GROWER, farms=viewer.farms)
    assert len(alerts.of_viewer(other, home).alerts) == 1


def test_a_seen_alert_is_told_again_after_three_weeks(home, monkeypatch):
    viewer = grower(home)
    keep(home, [row(mine(home)[0])])
    alert_marks.mark(viewer, home, alerts.of_viewer(viewer, home).alerts[0].keys, "acknowledged")
    monkeypatch.setattr(home.store, "clock", lambda: NOW + timedelta(20))
    assert alerts.of_viewer(viewer, home).alerts == ()
    monkeypatch.setattr(home.store, "clock", lambda: NOW + timedelta(21))
    assert len(alerts.of_viewer(viewer, home).alerts) == 1


def test_an_alert_put_off_comes_back_on_its_day_and_can_be_called_back(home, monkeypatch):
    viewer = grower(home)
    keep(home, [row(plot) for plot in mine(home)])
    keys = alerts.of_viewer(viewer, home).alerts[0].keys
    assert alert_marks.mark(viewer, home, keys, "snoozed", date(2024, 4, 3)) == 3
    assert alerts.of_viewer(viewer, home).alerts == ()
    alert_marks.restore(viewer, home, keys)
    assert len(alerts.of_viewer(viewer, home).alerts) == 1
    alert_marks.mark(viewer, home, keys, "snoozed", date(2024, 4, 3))
    monkeypatch.setattr(home.store, "clock", lambda: datetime(2024, 4, 3, 2, tzinfo=UTC))
    assert len(alerts.of_viewer(viewer, home).alerts) == 1


def test_one_plot_marked_leaves_the_others_of_the_farm_in_the_inbox(home):
    viewer, first = grower(home), mine(home)[0]
    keep(home, [row(plot) for plot in mine(home)])
    alert_marks.mark(viewer, home, [f"{first}|red_mite|4"], "wrong", note="查了 50 片叶，一头也没有")
    inbox = alerts.of_viewer(viewer, home)
    assert heads(inbox) == ["红蜘蛛（柑橘全爪螨）：2 个地块预计超过防治指标"]
    assert [(mark.state, mark.note) for _, mark in inbox.marked] == [("wrong", "查了 50 片叶，一头也没有")]


def test_wrong_needs_a_note_and_putting_off_a_day_to_come(home):
    viewer = grower(home)
    keep(home, [row(mine(home)[0])])
    keys = alerts.of_viewer(viewer, home).alerts[0].keys
    with pytest.raises(InputError, match="note"):
        alert_marks.mark(viewer, home, keys, "wrong", note=" ")
    with pytest.raises(InputError, match="day to come"):
        alert_marks.mark(viewer, home, keys, "snoozed", date(2024, 3, 31))
    assert home.store.alert_marks(viewer.account) == {}


def test_nobody_marks_what_is_not_theirs(home):
    viewer, theirs = grower(home), plots(home)["屋后坡"]
    keep(home, [row(plot) for plot in plots(home).values()])
    for key in (f"{theirs}|red_mite|4", "region|red_mite|4", "red_mite", f"{theirs}|no_such|4"):
        with pytest.raises(NotFoundError):
            alert_marks.mark(viewer, home, [key], "acknowledged")
    assert home.store.alert_marks(viewer.account) == {}


def test_who_watches_over_all_gets_one_draft_an_organism_and_law_first(home):
    keep(home, [row(plot) for plot in plots(home).values()] + [_fly(plot) for plot in mine(home)])
    for viewer in (STATION, AGRONOMIST):
        inbox = alerts.of_viewer(viewer, home)
        assert [one.organism for one in inbox.alerts] == ["minax", "red_mite"]
        assert inbox.alerts[1].head.zh == "红蜘蛛（柑橘全爪螨）：2 个果园 4 个地块预计超过防治指标"
        assert inbox.draft
        assert inbox.alerts[0].do.zh.startswith("先报县级植物检疫机构")
    assert not alerts.of_viewer(grower(home), home).draft


def _fly(plot, **changes):
    return row(plot, "minax", unit="d", event="fruit_drop", index=-4.0, driver1_key="heat", **changes)


def test_of_quarantine_organisms_growers_hear_after_the_station_has_seen_it(home, monkeypatch):
    keep(home, [_fly(plot) for plot in mine(home)])
    viewer = grower(home)
    inbox = alerts.of_viewer(viewer, home)
    assert inbox.alerts == ()
    assert [name.zh for name in inbox.held] == ["柑橘大实蝇"]
    station = home.store.add_account("station1", None, Role.STATION, by=OPERATOR)
    watcher = Viewer(station, "植保站", Role.STATION)
    alert_marks.mark(watcher, home, ["region|minax|4"], "acknowledged")
    inbox = alerts.of_viewer(viewer, home)
    assert [one.organism for one in inbox.alerts] == ["minax"]
    assert inbox.held == ()


def test_of_quarantine_organisms_growers_hear_after_half_a_day_or_when_it_was_said_before(home, monkeypatch):
    viewer = grower(home)
    keep(home, [_fly(plot) for plot in mine(home)])
    monkeypatch.setattr(home.store, "clock", lambda: NOW + timedelta(hours=11))
    assert alerts.of_viewer(viewer, home).alerts == ()
    monkeypatch.setattr(home.store, "clock", lambda: NOW + timedelta(hours=12))
    assert len(alerts.of_viewer(viewer, home).alerts) == 1
    keep(home, [_fly(plot) for plot in mine(home)], ISSUED + timedelta(1))  # a new run within its own half day
    assert len(alerts.of_viewer(viewer, home).alerts) == 1


@pytest.mark.parametrize("role", [Role.OFFICIAL, Role.SUPPLIER, Role.CONTRACTOR, Role.SCHEME_CLERK, Role.RESEARCHER])
def test_roles_without_plots_of_their_own_get_no_alerts(home, role):
    keep(home, [row(plot) for plot in mine(home)])
    with pytest.raises(NotAllowedError):
        alerts.of_viewer(Viewer("x1", "某人", role), home)


def test_before_the_first_run_the_inbox_is_empty(home):
    inbox = alerts.of_viewer(grower(home), home)
    assert (inbox.issued, inbox.alerts, alert_message.message(inbox)) == (None, (), None)


def test_the_message_of_the_day_goes_once_unless_something_is_red(home):
    viewer, plot = grower(home), plots(home)["坎上地"]
    keep(home, [row(plot, level=outlook.MEDIUM)])
    amber = alerts.of_viewer(viewer, home)
    assert alert_message.message(amber, sent_today=1) is None
    text = alert_message.message(amber, link="https://example.invalid/inbox")
    for part in ("为什么：", "怎么做：", "管到：4月6日", "把握：", "坎上地", "https://example.invalid/inbox"):
        assert part in text
    keep(home, [row(plot)], ISSUED + timedelta(1))
    assert "【红】" in alert_message.message(alerts.of_viewer(viewer, home), sent_today=1)


def test_a_message_that_a_robot_would_refuse_tells_fewer_and_counts_the_rest(home):
    keep(home, [row(plot, key) for plot in mine(home) for key in ("red_mite", "yellow_mite", "rust_mite", *DISEASES)])
    inbox = alerts.of_viewer(grower(home), home)
    for language in ("zh", "en"):
        text = alert_message.message(inbox, language)
        told = text.count("为什么：") + text.count("Why: ")
        assert len(text.encode()) <= 2048
        assert 1 <= told < len(inbox.alerts)
        assert (f"另有 {9 - told} 条" in text) or (f"{9 - told} more" in text)


def test_the_first_page_gets_the_most_pressing_alert_of_each_of_its_plots(home):
    first, second, _ = mine(home)
    keep(home, [row(first), row(first, "scab", level=outlook.MEDIUM), row(second, "scab", level=outlook.MEDIUM)])
    found = alerts.next_of_plots(grower(home), home, (first, second))
    assert {plot: said.zh.split("：")[0] for plot, said in found.items()} == {
        first: "红蜘蛛（柑橘全爪螨）", second: "疮痂病",
    }  # fmt: skip


@pytest.mark.parametrize("one", organism.catalogue(), ids=lambda one: one.key)
def test_every_organism_has_its_headline_and_its_end_at_both_levels(home, one):
    for level in (outlook.MEDIUM, outlook.HIGH):
        plot = plots(home)["坎上地"]
        keep(home, [row(plot, one.key, level=level, unit="1")], ISSUED + timedelta(level))
        (made,) = alerts.of_viewer(STATION, home).alerts
        assert one.name.zh in made.head.zh
        assert one.name.en in made.head.en
        assert made.until > ISSUED
        assert made.red == (level == outlook.HIGH)
