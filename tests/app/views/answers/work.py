"""What there is to do at the two plots: advice, and the order of the harvest."""

from dataclasses import replace

import pandas as pd

from app.services import harvest
from app.services.advice import PlotAdvice
from app.services.harvest import HarvestPlan
from app.services.plot_states import PlotState
from growth_model.advice import Advice
from tests.app.views.answers.orchard import ISSUED, day, plots

SAID = Advice(
    key="frost_night", kind="act", stage="any", organ="fruit", urgency="today",
    what={"zh": "盖膜，先采低处的果。", "en": "Cover, and pick low fruit first."},
    why={"zh": "零下 3 ℃。以气象部门的预警为先。", "en": "3 degC below 0. The official weather warning comes first."},
    lead={"zh": "今晚之前", "en": "Before tonight"}, cases=13, members=20, since=ISSUED, until=day(3),
    source="DB50/T 902-2019", evidence="judgement", deadline="17:00", needs_label=True,
)  # fmt: skip
KNOWN = replace(SAID, key="bigger_fruit_first", kind="info", urgency="season", deadline=None, until=None)


def advised() -> list[PlotAdvice]:
    return [
        PlotAdvice("p1", "屋后坡", ISSUED, (SAID, KNOWN)),
        PlotAdvice("p2", "河边地", ISSUED, (replace(KNOWN, cases=20),)),
    ]


def plan() -> HarvestPlan:
    """Two plots: one past its opening day, one whose window opens only after it closes."""
    ripe = {"p1": (day(-20), day(60)), "p2": (day(50), day(40))}
    states = {
        plot: PlotState(
            ISSUED,
            (),
            2026,
            pd.DataFrame({"ripe": [pd.Timestamp(first)] * 10, "end": pd.Timestamp(last), "fades": pd.NaT}),
        )
        for plot, (first, last) in ripe.items()
    }
    return HarvestPlan(ISSUED, *harvest.ranked(states, plots().assign(farm_name="示例果园"), ISSUED), 2, 130)
