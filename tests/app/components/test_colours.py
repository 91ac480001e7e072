"""Colours and their legend: each plot's colour stands in the legend with words and units."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from app import strings
from app.components import cards, colours, draw_map


def layer(key, kind="number", unit="mm"):
    return SimpleNamespace(key=key, column=key, zh=key, en=key, unit=unit, kind=kind)


def shown(values, language="en", **what):
    one = layer(**what)
    frame = pd.DataFrame({one.column: values, "slope": 20.0})
    return colours.coloured(
        frame, one, language, lambda key, **v: strings.text(key, language, **v), {"navel": "navel orange"}
    )


@pytest.mark.parametrize("values", [[55.0, 61.2, 70.9], [0.21, 0.22, 0.2201], [12.0, 12.0], [0.0], [-3.0, 900.0]])
def test_every_plot_has_a_colour_of_the_legend_and_a_text_with_unit(values):
    done = shown(values, key="diameter")
    assert set(done.colours) <= {colour for colour, _ in done.legend}
    assert all("mm" in text for text in done.texts)
    assert 1 <= len(done.legend) <= 9
    assert len({text for _, text in done.legend}) == len(done.legend)


def test_what_is_not_known_is_grey_and_says_so():
    done = shown([1.0, np.nan], key="tss", unit="°Brix")
    assert done.colours[1] == colours.UNKNOWN
    assert done.texts[1] == "not known yet"
    assert done.legend[-1] == (colours.UNKNOWN, "not known yet")


def test_days_ahead_and_behind_lie_on_two_sides_of_a_pale_middle():
    done = shown([-12.0, 0.2, 25.0], key="delay", unit="d")
    red, _, blue = zip(*(colours.rgb(colour) for colour in done.colours), strict=True)
    assert blue[0] > red[0]
    assert red[2] > blue[2]
    assert done.texts == ["12 days earlier", "level with the valley", "25 days later"]


def test_dates_are_said_as_days_in_the_visitors_language():
    done = shown(pd.to_datetime(["2026-11-20", "2027-01-05"]), language="zh", key="ripe", kind="date", unit="")
    assert done.texts == ["11月20日", "1月5日"]
    assert all("月" in text for _, text in done.legend)


def test_a_slope_faces_a_side_in_words():
    done = shown([315.0, 180.0, np.nan], key="aspect", unit="°")
    assert done.texts == ["faces north-west", "faces south", "flat"]


def test_cultivars_are_named_not_keyed():
    done = shown(["navel", None], key="cultivar", kind="class", unit="")
    assert done.texts[0] == "navel orange"


@pytest.mark.parametrize(
    ("sent", "ring", "pin"),
    [
        ({"kind": "ring", "ring": [[109, 30], [109.1, 30], [109, 30.1]]}, [(109, 30), (109.1, 30), (109, 30.1)], None),
        ({"kind": "pin", "longitude": 109, "latitude": 30}, None, (109, 30)),
        ({"kind": "ring", "ring": [[109, 30], [109.1, 30]]}, None, None),
        ({"kind": "ring", "ring": [[999, 30], [109.1, 30], [109, 30.1]]}, None, None),
        ({"kind": "pin", "longitude": "x", "latitude": None}, None, None),
        ("<script>", None, None),
        (None, None, None),
    ],
)
def test_what_the_browser_sends_is_checked(sent, ring, pin):
    assert draw_map.understood(sent) == draw_map.Drawn(ring, pin)


@pytest.mark.parametrize(
    ("text", "head", "parts"),
    [
        (
            "北坡3号（温州蜜柑）：果实达九成大；果径 62（57–66） 毫米；可采（口感与着色都够）约 10月25日，"
            "最早 9月26日，少数情形本季达不到；比河谷平地晚约 10 天（4 至 21 天）。",
            "北坡3号（温州蜜柑）",
            [
                "可采（口感与着色都够）约 10月25日，最早 9月26日，少数情形本季达不到",
                "比河谷平地晚约 10 天（4 至 21 天）",
                "果实达九成大",
                "果径 62（57–66） 毫米",
            ],
        ),
        (
            "North (navel): fruit set; ripe for picking (taste and colour) about 2 Dec, at the earliest 1 Nov; "
            "in some cases not this season.",
            "North (navel)",
            [
                "ripe for picking (taste and colour) about 2 Dec, at the earliest 1 Nov; in some cases not this season",
                "fruit set",
            ],
        ),
        ("还没有地块", "", ["还没有地块"]),
    ],
)
def test_a_sentence_falls_into_clauses_and_the_answer_stands_first(text, head, parts):
    assert cards.clauses(text) == (head, parts)


def test_the_words_that_mark_an_answer_are_those_of_the_sentences():
    from app.services.outlooks.sentences import said

    values = dict.fromkeys(("middle", "first", "last", "days", "low", "high"), "1")
    for key in ("ripe_now", "ripe_later", "ripe_open", "later", "earlier"):
        for language in ("zh", "en"):
            assert any(word in said(key, language, **values) for word in cards.ANSWERS), (key, language)
