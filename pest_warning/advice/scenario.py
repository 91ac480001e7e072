"""What a measure is worth at a probability that the user sets: models that are not calibrated give none."""

from math import isfinite
from typing import NamedTuple

from agro.errors import InputError
from pest_warning.organism import Words


class Scenario(NamedTuple):
    """Value of acting against waiting [yuan mu-1]; `break_even` is the probability from which acting pays [1]."""

    gain: float
    saved: float
    cost: float
    break_even: float | None
    words: Words


def scenario(probability: float, loss: float, cost: float) -> Scenario:
    """Return what acting gains over waiting, were `probability` true.

    Parameters
    ----------
    probability : float
        That the loss comes without the measure; the user's own assumption. [1]
    loss : float
        What the measure would save if it comes. [yuan mu-1]
    cost : float
        Of the measure, labour too. [yuan mu-1]

    Returns
    -------
    Scenario
        `gain` is probability times loss less cost; `break_even` is None where no probability pays.

    Raises
    ------
    InputError
        When the probability is outside 0 to 1, or an amount is negative or no number.

    Examples
    --------
    >>> round(scenario(0.3, 800.0, 90.0).gain)
    150
    """
    if not 0.0 <= probability <= 1.0:
        raise InputError(f"probability is 0 to 1; got {probability}", zh=f"概率应在 0 到 1 之间，现为 {probability}")
    if not all(isfinite(amount) and amount >= 0.0 for amount in (loss, cost)):
        raise InputError(f"loss and cost are 0 or more; got {loss}, {cost}", zh=f"损失和成本不能为负：{loss}、{cost}")
    saved = probability * loss
    break_even = cost / loss if loss > 0.0 and cost <= loss else None
    net = saved - cost
    words = Words(
        f"假设发生可能为 {probability:.0%}：每亩挽回 {saved:.0f} 元，花费 {cost:.0f} 元，净 {net:+.0f} 元（非预测）",
        f"at a chance of {probability:.0%}: saves {saved:.0f}, costs {cost:.0f}, net {net:+.0f} yuan/mu: no forecast",
    )
    return Scenario(net, saved, cost, break_even, words)
