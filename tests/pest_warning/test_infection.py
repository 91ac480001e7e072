"""The outlook of infection organisms: no inoculum, no disease; sprays help; drivers add up; doubts stay apart."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro import parameters
from pest_warning import infection, organism, outlook, protection
from pest_warning.setting import Spray
from pest_warning.site_days import asked
from tests.pest_warning import settings as made

INFECTING = tuple(organism.of_engine("infection"))
FUNGI = tuple(one for one in INFECTING if one.key != "canker")
KEYS = [one.key for one in FUNGI]
CANKER = organism.load("canker")
GROUPS = tuple(parameters.document(protection.FILE))
JUNE = made.setting(tuple(one.key for one in INFECTING))
SPRAYS = st.lists(
    st.tuples(st.integers(100, 200), st.sampled_from(GROUPS), st.sampled_from((0.3, 1.0))), min_size=1, max_size=3
)


def rows(one, setting, horizon=90):
    table, _ = infection.outlooks(one, setting)
    return table[table["horizon"] == horizon].reset_index(drop=True)


def factors(one, setting, part):
    return infection.factors_of(one, setting, part, setting.asked.table.of(one.key)[0])


def pressed(setting, *pressure):
    return replace(setting, pressure={"canker": np.array(pressure)})


@pytest.mark.parametrize("pressure", [{}, {"canker": np.zeros(3)}])
def test_where_no_canker_is_near_its_index_is_exactly_nothing(pressure):
    table, course = infection.outlooks(CANKER, replace(JUNE, pressure=pressure))
    for name in ("index", "weather_low", "weather_high", "parameters_high", "state_high", "share", "usual"):
        assert (table[name] == 0.0).all(), name
    assert (table["level"] <= outlook.LOW).all()
    assert all((values == 0.0).all() for values in course.values())


def test_a_nearer_find_raises_canker_and_a_farther_one_does_less():
    near = rows(CANKER, pressed(JUNE, 1.0, 0.5, 0.2))
    # plots 0 and 1 share weather; the satsuma takes 0.15 of what the navel does (the file)
    assert near["index"][0] > near["index"][1] > 0
    assert near["index"][1] / near["index"][0] == pytest.approx(0.5 * 0.15)
    far = rows(CANKER, pressed(JUNE, 0.3, 0.1, 0.1))
    assert (far["index"] < near["index"]).all()


def test_canker_does_not_begin_before_the_mean_of_five_days_has_reached_its_onset():
    spring = pressed(made.setting(("canker",), on=date(2025, 3, 1)), 1.0, 1.0, 1.0)
    mild = replace(spring, host=made.host(3, late=-20.0))
    found = factors(CANKER, mild, "future").conducive
    whole = mild.future.conducive[:, 0].transpose(2, 1, 0)[mild.site]
    tmean = np.concatenate([np.repeat(mild.past.tmean[-4:], 3, axis=1), mild.future.tmean]).transpose(2, 1, 0)[
        mild.site
    ]
    five = np.array([tmean[..., k : k + 5].mean(axis=-1) for k in range(90)]).transpose(1, 2, 0)
    np.testing.assert_array_equal(found, np.where(five < 12.0, 0.0, whole))
    assert (whole[five < 12.0] > 0).any()


@pytest.mark.parametrize("one", FUNGI, ids=KEYS)
def test_a_dry_season_brings_nothing(one):
    def dried(part, table):
        return table.assign(rain=table["rain"] * 0, vapour=table["vapour"] * 0.5) if part == "future" else table

    found = rows(one, made.setting((one.key,), change=dried))
    assert (found["index"] == 0.0).all()
    assert (found["level"] <= outlook.LOW).all()


@pytest.mark.parametrize("one", INFECTING, ids=[one.key for one in INFECTING])
@given(sprays=SPRAYS, more=SPRAYS)
@settings(max_examples=8)
def test_a_spray_never_raises_the_risk(one, sprays, more):
    plain = pressed(JUNE, 1.0, 1.0, 1.0)
    some, all_of_them = (
        replace(plain, sprays={0: [Spray(day, (group,), (one.key,), share) for day, group, share in each]})
        for each in (sprays, sprays + more)
    )
    without, few, many = (rows(one, each).fillna({"percentile": 0.0}) for each in (plain, some, all_of_them))
    for name in ("index", "weather_low", "weather_high", "parameters_high", "state_high", "share", "percentile"):
        assert (few[name] <= without[name] + 1e-9).all(), name
        assert (many[name] <= few[name] + 1e-9).all(), name
    np.testing.assert_array_equal(few["index"][1:], without["index"][1:])  # the neighbours were not sprayed


@pytest.mark.parametrize("plot", [0, 2])
def test_a_spray_wears_off_by_the_rain_and_the_flushes_of_its_own_site(plot):
    one, site, now = organism.load("scab"), JUNE.site[plot], JUNE.now
    sprayed = replace(JUNE, sprays={plot: [Spray(150, ("FRAC M03",), ("scab",), 0.8)]})
    found = infection._held_off(one, sprayed, "future")
    assert (np.delete(found, plot, axis=0) == 0).all()
    for member in range(3):
        rain = np.concatenate([JUNE.past.rain[:, 0, site], JUNE.future.rain[:, member, site]])
        emerged = int(min(start for start in JUNE.host.flush[site, member] if start > 150))
        for day in (now + 1, emerged):  # until new leaves come
            left = 0.833 * np.exp(-(day - 150) / 20 - rain[151 : day + 1].sum() / 120)  # the file
            assert found[plot, member, day - now - 1] == pytest.approx(0.8 * left, rel=1e-4)
        day = emerged + 30
        bare = 0.833 * np.exp(-(day - 150) / 20 - rain[151 : day + 1].sum() / 120)
        assert found[plot, member, day - now - 1] < 0.8 * bare


def test_a_spray_against_another_organism_changes_nothing():
    scab = organism.load("scab")
    other = replace(JUNE, sprays={0: [Spray(160, ("FRAC M01",), ("canker",))]})
    np.testing.assert_array_equal(rows(scab, other)["index"], rows(scab, JUNE)["index"])


@pytest.mark.parametrize("one", INFECTING, ids=[one.key for one in INFECTING])
@pytest.mark.parametrize("horizon", organism.HORIZONS)
def test_the_logs_of_all_five_drivers_add_up_to_that_of_the_index_over_the_usual_one(one, horizon):
    setting = replace(pressed(JUNE, 1.0, 0.0, 0.4), sprays={2: [Spray(160, ("FRAC M01",), (one.key,))]})
    now = factors(one, setting, "future").window(0, horizon)
    usual = factors(one, setting, "usual").window(setting.now + 1, setting.now + 1 + horizon)
    found = infection.drivers(now, usual)
    assert list(found) == ["wet_hours", "hour_fitness", "tissue", "source", "protection"]
    index, others = (np.maximum(part.hazard.sum(axis=-1).mean(axis=1), infection.TINY) for part in (now, usual))
    np.testing.assert_allclose(sum(log for log, *_ in found.values()), np.log(index / others), atol=1e-6)
    np.testing.assert_allclose(rows(one, setting, horizon)["usual"], usual.hazard.sum(axis=-1).mean(axis=1), rtol=1e-5)
    wet = now.wet_hours.sum(axis=-1).mean(axis=1)
    np.testing.assert_allclose(found["wet_hours"][1], wet, rtol=1e-6)  # told in hours
    assert (found["protection"][0] <= 1e-9).all()


def test_one_member_repeated_leaves_no_doubt_of_the_weather():
    alike = made.setting(("melanose",), change=lambda part, table: (
        table.isel(member=[0] * table.sizes["member"]) if part == "future" else table
    ))  # fmt: skip
    trees = made.host(3)
    alike = replace(alike, host=replace(trees, **{
        name: np.repeat(getattr(trees, name)[:, :1], 3, axis=1) for name in trees.__dataclass_fields__
    }))  # fmt: skip
    found = rows(organism.load("melanose"), alike)
    assert (found["weather_high"] - found["weather_low"]).abs().max() < 1e-9
    assert (found["parameters_high"] > found["parameters_low"] * 1.05).all()
    assert (found["state_high"] > found["state_low"] * 1.05).all()


def narrowed(tmp_path, key, section):
    """Return an organism whose section has no widths."""
    lines, inside = [], False
    for line in (organism.FOLDER / f"{key}.toml").read_text(encoding="utf-8").splitlines():
        inside = line.strip() == f"[{section}]" if line.startswith("[") else inside
        lines.append(line.split(", low = ")[0] + " }" if inside and ", low = " in line else line)
    (tmp_path / f"{key}.toml").write_text("\n".join(lines), encoding="utf-8")
    return organism.read(tmp_path / f"{key}.toml")


def test_without_widths_of_the_numbers_there_is_no_doubt_of_them(tmp_path):
    certain = narrowed(tmp_path, "melanose", "infection")
    setting = made.setting(organisms=[certain])
    even = asked([certain], 4)
    same = replace(even.table, rows=np.repeat(even.table.rows[:1], 5, axis=0))  # one wetness for all
    setting = replace(setting, drawn=replace(even, table=same), future_drawn=replace(
        setting.future_drawn, conducive=np.repeat(setting.future_drawn.conducive[:, :1], 5, axis=1)
    ))  # fmt: skip
    np.testing.assert_array_equal(even.table.responses, np.repeat(even.table.responses[:1], 5, axis=0))
    found = rows(certain, setting)
    for end in ("low", "high"):
        np.testing.assert_allclose(found[f"parameters_{end}"], found["index"], rtol=1e-6)
    assert (found["state_high"] > found["state_low"]).all()


def test_without_widths_of_the_inoculum_there_is_no_doubt_of_the_state(tmp_path):
    certain = narrowed(tmp_path, "scab", "inoculum")
    found = rows(certain, made.setting(organisms=[certain]))
    for end in ("low", "high"):
        np.testing.assert_allclose(found[f"state_{end}"], found["index"])


def missing(days, members=slice(None)):
    def change(part, table):
        if part == "future":
            table = table.copy(deep=True)
            table["rain"][:, members, days, 5] = np.nan
        return table

    return change


@pytest.mark.parametrize("one", FUNGI, ids=KEYS)
def test_a_few_missing_days_leave_an_index_near_that_of_the_known_ones(one):
    whole = rows(one, made.setting((one.key,)))
    gap = rows(one, made.setting((one.key,), change=missing([20, 40])))
    assert gap["index"].notna().all()
    np.testing.assert_array_equal(gap["level"] == outlook.CANNOT, False)
    assert (gap["index"] > 0).tolist() == (whole["index"] > 0).tolist()
    np.testing.assert_allclose(gap["index"], whole["index"], rtol=0.5, atol=0.2)


@pytest.mark.parametrize("one", INFECTING, ids=[one.key for one in INFECTING])
@pytest.mark.parametrize("members", [slice(None), slice(0, 1)], ids=["all members", "one member"])
def test_too_much_missing_weather_cannot_be_computed_and_is_never_low(one, members):
    # T47 of pests.md 13
    found = rows(one, made.setting((one.key,), change=missing(slice(0, 30), members)), 30)
    assert (found["level"] == outlook.CANNOT).all()


def test_without_earlier_years_a_worthwhile_index_cannot_be_judged():
    alone = JUNE.usual
    none = replace(JUNE, usual=replace(alone, **{
        name: getattr(alone, name)[..., :0, :] for name in alone.__dataclass_fields__
    }))  # fmt: skip
    found = rows(organism.load("melanose"), none)
    assert found["percentile"].isna().all()
    assert (found["level"][found["index"] >= 0.05] == outlook.CANNOT).all()
    assert (found["index"] >= 0.05).any()


def test_percentiles_lie_between_none_and_all_and_rise_with_the_case():
    for one in INFECTING:
        table, _ = infection.outlooks(one, pressed(JUNE, 1.0, 0.3, 0.1))
        low, middle, high = (table[name] for name in ("percentile_low", "percentile", "percentile_high"))
        told = middle.notna()  # where nothing meets nothing there is no place
        assert (table["index"][~told] == 0).all()
        assert ((low >= 0) & (low <= middle) & (middle <= high) & (high <= 100))[told].all()
        for name in ("weather", "parameters", "state"):
            assert (table[f"{name}_low"] <= table["index"]).all()
            assert (table["index"] <= table[f"{name}_high"]).all()


def test_lesions_that_were_seen_scale_the_risk_of_their_plot_alone():
    scab = organism.load("scab")
    looked = made.counted(
        (0, "scab", JUNE.now, "shoot", 100, 0.0, np.nan), (1, "scab", JUNE.now, "shoot", 100, 20.0, np.nan)
    )
    seen, plain = rows(scab, replace(JUNE, counts=looked))["index"], rows(scab, JUNE)["index"]
    np.testing.assert_allclose(seen / plain, [0.1, 2.0, 1.0])


def test_drawn_days_are_paired_with_the_trees_of_their_own_members():
    # a tree that is susceptible in the last member alone: only the drawn days of that member count
    trees, one = made.host(3), organism.load("scab")
    gone = np.full_like(trees.flush, np.nan)
    gone[:, 2] = trees.flush[:, 2]
    fruitless = {name: np.full_like(trees.bloom, np.nan) for name in ("bloom", "petal_fall", "colour", "picked")}
    setting = replace(JUNE, host=replace(trees, flush=gone, **fruitless))
    coming = factors(one, setting, "future")
    last = replace(setting, future_drawn=replace(
        setting.future_drawn, conducive=setting.future_drawn.conducive * np.array([0.0, 1.0])[:, None]
    ))  # fmt: skip
    middle = np.ones(3)
    for plain, only in zip(
        *(infection._spreads(one, each, 90, coming, middle).values() for each in (setting, last)), strict=True
    ):
        np.testing.assert_allclose(plain, only)
        assert (plain > 0).all()
