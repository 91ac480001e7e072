"""How bad a finding is: 1 watch, 2 warning, 3 severe (monitoring.md 8.7; all limits are judgement)."""

import numpy as np

from remote_sensing.condition.rules import SEVERITY

NDVI_LIKE = ("ndvi", "evi", "evi2", "gndvi", "ndre", "osavi", "msavi2", "savi")
"""Indices for which bare ground has some 0.15, so that a drop can be told as a share."""


def relative_loss(drop, level, index: str):
    """Return drop / (level - 0.15), 0 to 1, for indices like NDVI; NaN for others and for levels near bare ground."""
    drop, level = np.asarray(drop, dtype=float), np.asarray(level, dtype=float)
    if index.lower() not in NDVI_LIKE:
        return np.full(np.broadcast(drop, level).shape, np.nan)
    above = level - SEVERITY.soil
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(above > 0.05, np.clip(drop / above, 0.0, 1.0), np.nan)


def severity(rule, loss, share=0.0, nbr_drop=0.0) -> np.ndarray:
    """Return 1, 2 or 3.

    Parameters
    ----------
    rule : array of str
        "watch" is 1 whatever the loss; "A" is at least 2; "B" is 3.
    loss : array_like
        Relative loss, NaN unknown.
    share : array_like
        Share of the plot that a patch covers; 0 where the whole plot was judged.
    nbr_drop : array_like
        Drop of NBR, NaN or 0 unknown.
    """
    rule = np.asarray(rule, dtype=object)
    loss, share, nbr = (np.nan_to_num(np.asarray(one, dtype=float)) for one in (loss, share, nbr_drop))
    worst = (
        (rule == "B") | (loss > SEVERITY.severe_loss) | (share > SEVERITY.severe_share) | (nbr > SEVERITY.severe_nbr)
    )
    warned = (rule == "A") | (loss >= SEVERITY.warning_loss) | (share >= SEVERITY.warning_share)
    return np.where(rule == "watch", 1, np.where(worst, 3, np.where(warned, 2, 1))).astype(int)
