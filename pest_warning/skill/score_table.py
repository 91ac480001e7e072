"""All scores at once: one row for each organism, horizon and district, with intervals over years."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pest_warning.skill.contingency import Contingency, ratio
from pest_warning.skill.intervals import block_draws, bounds, effective_sample_size
from pest_warning.skill.pairs import checked
from pest_warning.skill.probability import parts_of_sums
from pest_warning.skill.ranking import auc_over_years
from pest_warning.skill.rules import INTERVAL, VALUE
from pest_warning.skill.sums import BINNED, CELLS, Sums, sums
from pest_warning.skill.value import economic_value
from pest_warning.skill.verdict import states

OF_TABLE = ("accuracy", "balanced_accuracy", "pod", "far", "csi", "hss", "pss", "economic_value")
PARTS = ("reliability", "resolution", "uncertainty", "remainder")


def scores(
    pairs: pd.DataFrame,
    cost_loss: float = VALUE.cost_loss,
    n: int = INTERVAL.draws,
    seed: int = 0,
    coverage: float = INTERVAL.coverage,
) -> pd.DataFrame:
    """Return how good the forecasts were.

    Parameters
    ----------
    pairs : DataFrame, shape (pair, 20)
        Forecasts and what was then seen, columns as in `pairs.COLUMNS`. `p` is NaN while uncalibrated, `index` any
        number that rises with the risk, `said` whether the level was high, `treated` None where nobody knows.
    cost_loss : float
        Cost of a spray over the loss it avoids, for `economic_value`. [1]
    n, seed, coverage
        As in `intervals.bootstrap`; the blocks are years.

    Returns
    -------
    DataFrame, one row for each organism, horizon and district, and one with district "" for all
        Counts: `n` pairs scored, `n_events`, `n_censored` (sprayed and clean: left out), `n_unknown_treatment`,
        `n_synthetic`, `n_eff` (worth of clustered pairs), `n_blocks` (years), `n_p` (with a probability), `n_skill`,
        `n_skill_events` and `n_skill_years` (with a probability and a climatology).
        Scores: those of `Contingency`, `economic_value`, `brier` and its four parts, `bss_climatology`,
        `bss_persistence`, `auc` and `auc_of` ("p" where every pair has one, else "index"), `crps` (weighted interval
        score of the three quantiles, in the unit of the count), each but the parts with `_low` and `_high`; and
        `verdict`. What is not defined is NaN.

    Raises
    ------
    InputError
        As `pairs.checked`.

    Notes
    -----
    The two ends are NaN where one year is all there is. Drawing plots instead would give an interval, but of another
    question: plots of a valley share the weather of the year, so that their number says nothing of other years.
    """
    frame = checked(pairs)
    added = sums(frame)
    index, p, came, year = (frame[name].to_numpy() for name in ("index", "p", "observed", "year"))
    index, p, came = index.astype(float), p.astype(float), came.astype(bool)
    rows = []
    for group, district in added.keys() if added.groups else [(0, None)]:
        cell, places = added.of(group, district) if added.groups else _nothing(added), added.rows(group, district)
        of_p = bool(places.size) and bool(np.isfinite(p[places]).all())
        area = auc_over_years((p if of_p else index)[places], came[places], year[places], n, seed, coverage)
        organism, horizon = added.groups[group] if added.groups else ("", 0)
        rows.append(
            {
                "organism": organism,
                "horizon": horizon,
                "district": "" if district is None else added.districts[district],
            }
            | _counts(cell)
            | _bounded(cell, cost_loss, n, seed, coverage)
            | {"auc": area.value, "auc_low": area.low, "auc_high": area.high, "auc_of": "p" if of_p else "index"}
            | _brier_parts(cell)
            | {"cost_loss": cost_loss, "coverage": coverage}
        )
    table = pd.DataFrame(rows)
    return table.assign(verdict=states(table)).iloc[: len(rows) if added.groups else 0]


def _counts(cell: dict[str, np.ndarray]) -> dict:
    """Return how much stands behind a row."""
    by_year = Contingency(*(cell[name] for name in CELLS))
    total = {name: value.sum(axis=0) for name, value in cell.items()}
    count, events = by_year.n.sum(), by_year.came.sum()
    per_cluster = np.nan_to_num(ratio(total["squared_cluster"], count))
    wanted = ("n_censored", "n_unknown_treatment", "n_synthetic", "n_p", "n_skill", "n_skill_events")
    return {
        "n": int(count),
        "n_events": int(events),
        **{name: int(total[name]) for name in wanted},
        "n_eff": float(effective_sample_size(count, per_cluster, INTERVAL.cluster)),
        "n_blocks": int((by_year.n > 0).sum()),
        "n_skill_years": int((cell["n_skill"] > 0).sum()),
        "base_rate": float(ratio(events, count)),
    }


def _bounded(cell: dict[str, np.ndarray], cost_loss: float, n: int, seed: int, coverage: float) -> dict:
    """Return scores and their bounds, each from the years in which it has pairs."""

    def of_table(at) -> dict:
        table = Contingency(*(at[name] for name in CELLS))
        return {name: getattr(table, name) for name in OF_TABLE[:-1]} | {OF_TABLE[-1]: economic_value(table, cost_loss)}

    count = Contingency(*(cell[name] for name in CELLS)).n
    families: list[tuple[np.ndarray, Callable]] = [
        (count, of_table),
        (cell["n_p"], lambda at: {"brier": ratio(at["p_error"], at["n_p"])}),
        (cell["n_skill"], lambda at: {"bss_climatology": 1 - ratio(at["skill_error"], at["climatology_error"])}),
        (
            cell["n_persistence"],
            lambda at: {"bss_persistence": 1 - ratio(at["persistence_model_error"], at["persistence_error"])},
        ),
        (cell["n_density"], lambda at: {"crps": ratio(at["density_error"], at["n_density"])}),
    ]
    flat = {name: value for name, value in cell.items() if value.ndim == 1}
    row: dict[str, float] = {}
    for behind, score in families:
        years = behind > 0
        value = score({name: each.sum() for name, each in flat.items()})
        several = int(years.sum()) > 1
        times = block_draws(int(years.sum()), n, seed) if several else np.empty((0, 0))
        drawn = score({name: times @ each[years] for name, each in flat.items()}) if several else {}
        for name, found in value.items():
            low, high = bounds(drawn[name], coverage) if several else (np.nan, np.nan)
            row |= {name: float(found), f"{name}_low": float(low), f"{name}_high": float(high)}
    return row


def _brier_parts(cell: dict[str, np.ndarray]) -> dict[str, float]:
    parts = parts_of_sums(*(cell[f"bin_{name}"].sum(axis=0) for name in BINNED))
    return dict(zip(PARTS, (float(part) for part in parts), strict=True))


def _nothing(added: Sums) -> dict[str, np.ndarray]:
    """Return the sums of a table without pairs, so that it has its columns all the same."""
    return {name: np.zeros((1, *value.shape[3:])) for name, value in added.by_year.items()}
