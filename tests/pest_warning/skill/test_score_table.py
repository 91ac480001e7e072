import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from agro.errors import InputError
from pest_warning.skill import COLUMNS, auc, bootstrap, brier, brier_parts, brier_skill, contingency, scores, verdict
from pest_warning.skill.score_table import OF_TABLE

BOUNDED = [*OF_TABLE, "brier", "bss_climatology", "bss_persistence", "auc", "crps"]


def test_each_organism_horizon_and_district_has_its_row(made):
    pairs = pd.concat([made(), made(seed=1, horizon=30), made(seed=2, organism="PHYNCI", districts=("Wuxi",))])
    table = scores(pairs)
    keys = list(table[["organism", "horizon", "district"]].itertuples(index=False, name=None))
    assert keys == [
        *(("METTCI", horizon, name) for horizon in (15, 30) for name in ("", "Wuxi", "Yunyang")),
        *(("PHYNCI", 15, name) for name in ("", "Wuxi")),
    ]
    counts = table.set_index(["organism", "horizon", "district"])["n"]
    assert counts["METTCI", 15, ""] == 600 == counts["METTCI", 15, "Wuxi"] + counts["METTCI", 15, "Yunyang"]


def test_a_row_holds_what_the_single_scores_say_of_its_pairs(made):
    rng = np.random.default_rng(8)
    pairs = made().assign(persistence=rng.random(600), value=rng.gamma(2, 2, 600))
    pairs = pairs.assign(density_p10=1.0, density_p50=3.0, density_p90=8.0)
    table = scores(pairs, cost_loss=0.3).set_index("district")
    for district, rows in [("", pairs), ("Wuxi", pairs[pairs["district"] == "Wuxi"])]:
        row, came = table.loc[district], rows["observed"]
        hand = contingency(rows["said"], came)
        for name in OF_TABLE[:-1]:
            assert row[name] == pytest.approx(getattr(hand, name)), name
        assert row["brier"] == pytest.approx(metrics.brier_score_loss(came, rows["p"]))
        assert row["auc"] == pytest.approx(metrics.roc_auc_score(came, rows["p"]))
        assert row["bss_climatology"] == pytest.approx(brier_skill(rows["p"], came, 1 / 3))
        assert row["bss_persistence"] == pytest.approx(brier_skill(rows["p"], came, rows["persistence"]))
        assert row[list(brier_parts([], [])._fields)].tolist() == pytest.approx(list(brier_parts(rows["p"], came)))
        losses = [
            np.where(rows["value"] >= q, level * (rows["value"] - q), (1 - level) * (q - rows["value"]))
            for q, level in ((1, 0.1), (3, 0.5), (8, 0.9))
        ]
        assert row["crps"] == pytest.approx(2 * np.mean(losses))
        assert (row["n"], row["n_events"], row["n_blocks"]) == (len(rows), came.sum(), 10)


def test_bounds_are_those_of_the_plain_bootstrap_over_years(made):
    pairs = made(n=300)
    row = scores(pairs, n=200, seed=3).iloc[0]
    plain = {
        "pss": lambda frame: contingency(frame["said"], frame["observed"]).pss,
        "brier": lambda frame: brier(frame["p"], frame["observed"]),
        "bss_climatology": lambda frame: brier_skill(frame["p"], frame["observed"], frame["climatology"]),
        "auc": lambda frame: auc(frame["p"], frame["observed"]),
    }
    for name, score in plain.items():
        found = bootstrap(score, pairs, n=200, seed=3)
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx((found.low, found.high)), name


def test_sprayed_plots_that_stayed_clean_are_not_false_alarms(made):
    pairs = made()
    alarm = pairs["said"] & ~pairs["observed"]
    sprayed = scores(pairs.assign(treated=np.where(alarm, True, None))).iloc[0]
    assert sprayed["n_censored"] == alarm.sum()
    assert sprayed["n"] == 600 - alarm.sum()
    assert sprayed["far"] == 0
    assert sprayed["n_unknown_treatment"] == 600 - alarm.sum()
    unknown = scores(pairs.assign(treated=None)).iloc[0]
    assert unknown["far"] == pytest.approx(contingency(pairs["said"], pairs["observed"]).far)
    all_sprayed = scores(pairs.assign(treated=True, observed=False))
    assert (all_sprayed["n"] == 0).all()
    assert all_sprayed[BOUNDED].isna().all(axis=None)


def test_one_year_has_scores_and_no_interval(made):
    table = scores(made(n=5000, years=1))
    row = table.iloc[0]
    assert (row["n_blocks"], row["n_skill_years"]) == (1, 1)
    assert row[["pss", "brier", "auc"]].notna().all()
    assert row[[f"{name}_{end}" for name in BOUNDED for end in ("low", "high")]].isna().all()
    said = verdict(table).iloc[0]
    assert said["state"] == row["verdict"] == "unknown"
    assert "in 1 year are too few" in said["en"]
    assert "plots do not replace years" in said["en"]
    assert "不能代替年份" in said["zh"]


def test_a_forecast_with_skill_holds_and_says_its_numbers(made):
    table = scores(made(n=2000, years=12))
    said = verdict(table)
    assert (said["state"] == "holds").all()
    row = table.iloc[0]
    for language in ("zh", "en"):
        text = said[language].iloc[0]
        for number in ("2000", "12", str(row["n_events"]), f"{row['bss_climatology']:.2f}", "90%"):
            assert number in text, text
        assert f"{row['bss_climatology_low']:.2f}" in text


@given(seed=st.integers(0, 300))
def test_a_forecast_equal_to_climatology_has_no_skill_and_is_demoted(made, seed):
    pairs = made(seed=seed)
    row = scores(pairs.assign(climatology=pairs["p"]), n=100).iloc[0]
    assert row[["bss_climatology", "bss_climatology_low", "bss_climatology_high"]].tolist() == [0, 0, 0]
    assert row["verdict"] == "demoted"


@given(seed=st.integers(0, 300))
def test_a_perfect_forecast_has_full_skill_everywhere(made, seed):
    pairs = made(seed=seed)
    pairs = pairs.assign(p=pairs["observed"].astype(float), said=pairs["observed"], persistence=0.4)
    row = scores(pairs, n=100).iloc[0]
    full = [name for name in BOUNDED if name not in ("far", "brier", "crps")]
    assert row[full].astype(float).tolist() == pytest.approx([1.0] * len(full))
    assert row[[f"{name}_low" for name in full]].astype(float).tolist() == pytest.approx([1.0] * len(full))
    assert (row["far"], row["brier"], row["verdict"]) == (0, 0, "holds")


def test_a_bad_forecast_is_demoted_and_too_few_years_give_no_verdict(made):
    worse = made().assign(p=lambda t: 1 - t["p"])
    said = verdict(scores(worse)).iloc[0]
    assert said["state"] == "demoted"
    assert "usual frequency is shown instead" in said["en"]
    assert "改为显示" in said["zh"]
    few = verdict(scores(made(n=2000, years=4))).iloc[0]
    assert few["state"] == "unknown"
    assert "5 years" in few["en"]
    assert (verdict(scores(made(n=28, years=7)))["state"] == "unknown").all()
    rare = made(n=600).assign(observed=np.arange(600) % 70 == 0)
    assert (verdict(scores(rare))["state"] == "unknown").all()


def test_without_probabilities_the_index_is_ranked_and_no_verdict_falls(made):
    pairs = made().assign(p=np.nan)
    table = scores(pairs)
    row = table.iloc[0]
    assert row["auc_of"] == "index"
    assert row["auc"] == pytest.approx(metrics.roc_auc_score(pairs["observed"], pairs["index"]))
    assert row[["brier", "bss_climatology", "reliability"]].isna().all()
    assert row["verdict"] == "unknown"
    assert "no calibrated probability" in verdict(table)["en"].iloc[0].lower()


def test_years_without_probabilities_do_not_count_for_skill(made):
    pairs = made()
    pairs["p"] = pairs["p"].where(pairs["year"] >= 2017)
    row = scores(pairs).iloc[0]
    assert (row["n_blocks"], row["n_skill_years"], row["auc_of"]) == (10, 3, "index")
    late = scores(pairs[pairs["year"] >= 2017]).iloc[0]
    assert row["bss_climatology_low"] == late["bss_climatology_low"]


def test_invented_pairs_are_counted_and_said(made):
    table = scores(made(synthetic=True))
    assert table["n_synthetic"].tolist() == table["n"].tolist()
    assert verdict(table)["en"].str.startswith("Invented data").all()
    assert verdict(table)["zh"].str.startswith("模拟数据").all()


def test_clustered_pairs_are_worth_less(made):
    pairs = made(n=200, years=20, districts=("Wuxi",))
    assert scores(pairs)["n_eff"].iloc[0] == pytest.approx(54.05, abs=0.01)


def test_pairs_without_a_district_count_in_the_whole_only(made):
    pairs = made().assign(district=lambda t: t["district"].where(t["district"] == "Wuxi", ""))
    table = scores(pairs)
    assert table["district"].tolist() == ["", "Wuxi"]
    assert table["n"].iloc[0] == 600


def test_no_pairs_give_an_empty_table_with_its_columns(made):
    nothing = scores(made()[:0])
    assert len(nothing) == 0
    assert set(scores(made()).columns) == set(nothing.columns)
    assert len(verdict(nothing)) == 0


@pytest.mark.parametrize("name", COLUMNS)
def test_a_missing_column_is_named(made, name):
    with pytest.raises(InputError, match=name) as error:
        scores(made().drop(columns=name))
    assert name in error.value.zh


def test_what_cannot_be_a_probability_or_was_not_seen_is_refused(made):
    with pytest.raises(InputError, match="'p' lies outside 0 to 1 in 1 of 600"):
        scores(made().assign(p=np.r_[1.2, np.full(599, 0.5)]))
    with pytest.raises(InputError, match="'observed' is missing in 1 of 600"):
        scores(made().assign(observed=lambda t: t["observed"].astype(object).where(t.index > 0, None)))


def test_the_order_of_pairs_does_not_matter(made):
    pairs = made()
    shuffled = pairs.sample(frac=1.0, random_state=1)
    pd.testing.assert_frame_equal(scores(pairs, n=50), scores(shuffled, n=50))


def test_many_districts_and_leads_have_a_row_each(made):
    one = made(n=2_000, years=12, districts=tuple("ABCDEFGHIJ"))
    pairs = pd.concat([one.assign(horizon=horizon) for horizon in (15, 30, 90)])
    assert len(scores(pairs, n=50)) == 3 * 11
