"""The table of forecasts and what was then seen: its columns, and which pairs cannot count."""

import numpy as np
import pandas as pd

from agro.errors import InputError

COLUMNS = (
    *("organism", "horizon", "district", "year", "plot", "issued", "target_start", "target_end"),
    *("p", "index", "said", "observed"),
    *("density_p10", "density_p50", "density_p90", "value"),
    *("climatology", "persistence", "treated", "synthetic"),
)
PROBABILITIES = ("p", "climatology", "persistence")


def checked(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return `pairs` when it can be scored.

    Raises
    ------
    InputError
        For a missing column, an event that is not known, or a probability outside 0 to 1.
    """
    if missing := [name for name in COLUMNS if name not in pairs]:
        raise InputError(
            f"pairs of forecast and observation lack {', '.join(missing)}",
            zh=f"预报与实况对照表缺少列：{'、'.join(missing)}",
        )
    for name in ("said", "observed", "district", "synthetic"):
        if unknown := int(pairs[name].isna().sum()):
            raise InputError(
                f"'{name}' is missing in {unknown} of {len(pairs)} pairs",
                zh=f"对照表的 {name} 在 {len(pairs)} 行中缺 {unknown} 行",
            )
    for name in PROBABILITIES:
        values = pairs[name].to_numpy(float, na_value=np.nan)
        if wrong := int(((values < 0) | (values > 1)).sum()):
            raise InputError(
                f"'{name}' lies outside 0 to 1 in {wrong} of {len(pairs)} pairs",
                zh=f"对照表的 {name} 在 {len(pairs)} 行中有 {wrong} 行不在 0 至 1 之间",
            )
    return pairs


def treated(pairs: pd.DataFrame) -> np.ndarray:
    """Return 1 where the plot was sprayed, 0 where it was surely not, NaN where nobody knows, shape (pair,)."""
    column = pairs["treated"]
    if column.dtype == bool:
        return column.to_numpy(float)
    return column.map({True: 1.0, False: 0.0}, na_action="ignore").to_numpy(float, na_value=np.nan)


def censored(pairs: pd.DataFrame) -> np.ndarray:
    """Return which pairs tell nothing: a sprayed plot that stayed clean is no false alarm, shape (pair,).

    Notes
    -----
    Sprayed plots where the event came all the same do count, so that their base rate is a little high: untreated
    strips are the better measure. Pairs of unknown treatment count as unsprayed.
    """
    return (treated(pairs) == 1) & ~pairs["observed"].to_numpy(bool)
