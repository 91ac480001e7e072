"""When a protectant is due again: by rain, by days, by what is left."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agro.errors import NotFoundError
from pest_warning.advice.respray import respray_due

SPRAYED = date(2026, 5, 1)


def day(n):
    return SPRAYED + timedelta(n)


@pytest.mark.parametrize(
    ("rain", "state"),
    [(199.0, "covered"), (200.0, "soon"), (249.0, "soon"), (250.0, "due")],  # Zhejiang: 200 to 250 mm
)
def test_mancozeb_is_renewed_after_200_to_250_mm(rain, state):
    made = respray_due("FRAC M03", SPRAYED, [0.0, rain, 0.0], on=day(3))
    assert (made.state, made.rain, made.missing) == (state, rain, 0)


@pytest.mark.parametrize(("product", "days"), [("copper", 21), ("FRAC M01", 21), ("dithiocarbamates", 28)])
def test_without_rain_the_days_decide(product, days):
    dry = np.zeros(40)
    assert respray_due(product, SPRAYED, dry, on=day(days - 1)).state == "covered"
    made = respray_due(product, SPRAYED, dry, on=day(days))
    assert (made.state, made.due) == ("due", day(days))
    assert f"{days} days" in made.because.en


def test_forecast_rain_names_the_day():
    made = respray_due("FRAC M03", SPRAYED, [100.0, 0.0, 90.0, 70.0, 0.0], on=day(2))
    assert (made.state, made.due) == ("covered", day(4))
    assert "250 毫米" in made.because.zh


@pytest.mark.parametrize(("share", "due"), [(0.86, 28), (0.87, 2)])
def test_bare_new_tissue_brings_the_day_forward(share, due):
    # 0.833 exp(-2/20) is 0.754 after two dry days; with 0.87 new it leaves 0.098, with 0.86 it would leave 0.106
    grown = [0.0, share, share]
    made = respray_due("FRAC M03", SPRAYED, [0.0, 0.0, 0.0], day(1), new_tissue=grown)
    assert made.due == day(due)


def test_days_whose_rain_is_not_known_are_counted():
    assert respray_due("copper", SPRAYED, [1.0, np.nan, 3.0], on=day(5)).missing == 3
    assert respray_due("copper", SPRAYED, [1.0, np.nan, 3.0], on=day(3)).rain == 4.0
    assert respray_due("copper", SPRAYED, [], on=SPRAYED).state == "covered"


def test_what_is_no_protectant_or_lies_before_its_spray_is_refused():
    with pytest.raises(NotFoundError, match="dithiocarbamates"):
        respray_due("FRAC 3", SPRAYED, [0.0], on=day(1))
    with pytest.raises(ValueError, match="before the spray"):
        respray_due("copper", SPRAYED, [0.0], on=day(-1))
    with pytest.raises(ValueError, match="shape"):
        respray_due("copper", SPRAYED, [0.0], on=day(1), new_tissue=[0.5, 0.4])


@given(
    product=st.sampled_from(["copper", "dithiocarbamates", "chlorothalonil", "sulphur"]),
    rain=st.lists(st.floats(0, 120), min_size=5, max_size=40),
    more=st.floats(0, 100),
    on=st.integers(0, 40),
)
def test_more_rain_never_puts_the_next_spray_off(product, rain, more, on):
    less = respray_due(product, SPRAYED, rain, day(on))
    wetter = respray_due(product, SPRAYED, np.array(rain) + more, day(on))
    order = ("covered", "soon", "due")
    assert wetter.due <= less.due
    assert order.index(wetter.state) >= order.index(less.state)
