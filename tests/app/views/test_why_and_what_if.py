"""Why growth is low, and what if: full, empty and failing, with a season put down by hand."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from agro.errors import InputError, MissingDataError, NotFoundError
from app.services.what_if import Deed, Effect, WhatIf
from tests.app.services.test_limiting import season

pytestmark = pytest.mark.filterwarnings("ignore")
ISSUED = date(2026, 9, 20)


def limits(plot_id, on):
    from app.services import limiting

    return limiting.of(season(ISSUED, water=[0.2, 0.5, 0.6]))


def proposals(plot_id, on):
    first = ISSUED + timedelta(days=7)
    deeds = [
        Deed("irrigate", first, first + timedelta(days=40)),
        Deed("fertilise", first),
        Deed("thin", first),
        Deed("shade", first, first + timedelta(days=40)),
        Deed("prune", first),
    ]
    return deeds, ["irrigate"]


def result(plot_id, deeds, on):
    levels = (1.0, 2.0, 3.0)
    names = ("diameter", "large", "small", "number", "yield", "tss", "ratio", "ripe", "leached", "sunburn")
    none = (0.0, 0.0, 0.0)
    effects = {name: Effect(name, levels, levels, none, 0, 0, 50) for name in names}
    effects["diameter"] = Effect("diameter", (70, 72, 74), (71, 74, 77), (0.8, 2.1, 3.4), 46, 4, 50)
    effects["ripe"] = Effect("ripe", levels, levels, (np.nan,) * 3, 0, 0, 0)
    days = pd.date_range(ISSUED, periods=40)
    fans = pd.concat(
        pd.DataFrame({"time": days, "variable": name, "done": done, "p10": 60.0, "p50": 62.0 + done, "p90": 64.0})
        for name in ("diameter", "water_stress")
        for done in (False, True)
    )
    water = np.full(50, 60.0)
    return WhatIf(
        season().plot, ISSUED, tuple(deeds), date(2026, 12, 2), 2026, effects, water, water / 20, water * 0, fans,
        (72.0, 84.0), 50,
    )  # fmt: skip


@pytest.fixture
def full(services):
    return {
        **services.full,
        "limiting.limiting": limits,
        "what_if.suggested": proposals,
        "what_if.what_if": result,
    }


def fails(error):
    def refuse(*arguments):
        raise error

    return refuse


@pytest.mark.parametrize(("language", "answer"), [("zh", "最拖生长的是缺水"), ("en", "water held growth back most")])
def test_the_answer_stands_before_the_strip(open_page, seen, full, language, answer):
    at = open_page("why", language, full)
    assert not at.exception
    assert answer in seen(at)
    kinds = ["answer" if "citrus-answer" in str(element.proto) else element.type for element in at.main]
    assert kinds.index("answer") < kinds.index("vega_lite_chart")
    assert len(at.get("vega_lite_chart")) == 1  # curves are drawn when somebody asks for them


def test_curves_come_when_asked_for(open_page, full):
    at = open_page("why", "zh", full)
    at.button_group(key="why_behind").set_value("leaves").run()
    assert not at.exception
    assert len(at.get("vega_lite_chart")) == 4


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_if_waits_for_the_button_then_says_and_draws(open_page, seen, full, language):
    at = open_page("what_if", language, full)
    assert not at.exception
    assert not at.get("vega_lite_chart")
    at.button[-1].click().run()
    assert not at.exception
    said = seen(at)
    assert {"zh": "果径 +2.1 毫米（+0.8 至 +3.4），46/50 个情形里变大", "en": "larger in 46 of 50 cases"}[
        language
    ] in said
    assert {"zh": "每亩 40 方（60 毫米", "en": "40 m3 per mu (60 mm"}[language] in said
    assert len(at.get("vega_lite_chart")) == 2


def test_several_deeds_are_tried_at_once(open_page, seen, full):
    asked = []
    services = full | {"what_if.what_if": lambda plot, deeds, on: asked.append(deeds) or result(plot, deeds, on)}
    at = open_page("what_if", "zh", services)
    at.button_group(key="what_if_kinds").set_value(["irrigate", "thin"]).run()
    at.number_input(key="thin_share_p1").set_value(40.0)
    at.button[-1].click().run()
    assert not at.exception
    assert [deed.kind for deed in asked[-1]] == ["irrigate", "thin"]
    assert asked[-1][1].amounts == {"share": 40.0}


def test_no_deed_chosen_is_said_gently(open_page, seen, full):
    at = open_page("what_if", "zh", full)
    at.button_group(key="what_if_kinds").set_value([]).run()
    assert "请至少选一项农事" in seen(at)


@pytest.mark.parametrize("view", ["why", "what_if"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_plots_the_next_step_is_shown(open_page, services, full, view, language):
    at = open_page(view, language, {**full, **services.empty}, full=False)
    assert not at.exception
    assert at.info


@pytest.mark.parametrize("view", ["why", "what_if"])
@pytest.mark.parametrize("error", [MissingDataError("none", zh="还没有"), NotFoundError("no plot", zh="没有这块地")])
def test_a_refusal_is_said_in_the_visitors_language(open_page, seen, full, view, error):
    refusing = {**full, "limiting.limiting": fails(error), "what_if.suggested": fails(error)}
    at = open_page(view, "zh", refusing)
    assert not at.exception
    assert error.zh in seen(at)


def test_an_amount_that_cannot_be_is_refused_below_the_form(open_page, seen, full):
    at = open_page("what_if", "en", full | {"what_if.what_if": fails(InputError("must lie in 2 to 60", zh="应在"))})
    at.button[-1].click().run()
    assert not at.exception
    assert "must lie in 2 to 60" in seen(at)
