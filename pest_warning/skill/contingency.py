"""Warnings against events: the table of hits, misses and false alarms, and the scores read from it."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Contingency:
    """How often a warning was given and how often the event came.

    Counts may be arrays of one shape: every score is then an array of that shape. A score that is undefined, such as
    the false alarm ratio of a model that never warned, is NaN.

    References
    ----------
    .. [1] Jolliffe, Stephenson (2012). Forecast Verification, 2nd ed., chapter 3.

    Examples
    --------
    >>> table = Contingency(hits=30, misses=10, false_alarms=20, correct_negatives=140)
    >>> float(table.pod), float(table.far), float(table.pss)
    (0.75, 0.4, 0.625)
    """

    hits: Any  # said and came
    misses: Any  # not said, came
    false_alarms: Any  # said, did not come
    correct_negatives: Any  # neither

    @property
    def n(self):
        """All pairs. [1]"""
        return self.hits + self.misses + self.false_alarms + self.correct_negatives

    @property
    def said(self):
        """How often a warning was given. [1]"""
        return self.hits + self.false_alarms

    @property
    def came(self):
        """How often the event came. [1]"""
        return self.hits + self.misses

    @property
    def base_rate(self):
        """Share of pairs in which the event came. [1]"""
        return ratio(self.came, self.n)

    @property
    def pod(self):
        """Probability of detection: share of events that were warned of. [1]"""
        return ratio(self.hits, self.came)

    @property
    def far(self):
        """False alarm ratio: share of warnings that no event followed. [1]"""
        return ratio(self.false_alarms, self.said)

    @property
    def pofd(self):
        """Probability of false detection: share of quiet times with a warning. [1]"""
        return ratio(self.false_alarms, self.false_alarms + self.correct_negatives)

    @property
    def csi(self):
        """Critical success index: hits among all that was said or came. [1]"""
        return ratio(self.hits, self.came + self.false_alarms)

    @property
    def accuracy(self):
        """Share of pairs that were right; says nothing where events are rare or usual. [1]"""
        return ratio(self.hits + self.correct_negatives, self.n)

    @property
    def balanced_accuracy(self):
        """Mean of the shares right with and without an event; 0.5 without skill. [1]"""
        return (self.pod + 1.0 - self.pofd) / 2.0

    @property
    def bias(self):
        """Warnings given for each event that came; 1 is even. [1]"""
        return ratio(self.said, self.came)

    @property
    def pss(self):
        """Peirce skill score, detection less false detection; 0 without skill, 1 perfect. [1]"""
        return self.pod - self.pofd

    @property
    def hss(self):
        """Heidke skill score, which is Cohen's kappa; 0 for chance, 1 perfect. [1]"""
        right = self.hits * self.correct_negatives - self.misses * self.false_alarms
        quiet = self.false_alarms + self.correct_negatives
        chance = self.came * (self.misses + self.correct_negatives) + self.said * quiet
        return ratio(2.0 * right, chance)

    @property
    def ets(self):
        """Equitable threat score (Gilbert): critical success beyond chance. [1]"""
        chance = ratio(self.came * self.said, self.n)
        return ratio(self.hits - chance, self.came + self.false_alarms - chance)


def contingency(said, came) -> Contingency:
    """Return the table of warnings and events.

    Parameters
    ----------
    said : array_like of bool, shape (pair,)
        Whether a warning was given.
    came : array_like of bool, shape (pair,)
        Whether the event came.

    Raises
    ------
    ValueError
        When the two differ in shape or are not booleans.
    """
    said, came = np.asarray(said), np.asarray(came)
    if said.shape != came.shape or said.dtype != bool or came.dtype != bool:
        raise ValueError(
            f"said {said.dtype}{said.shape} and came {came.dtype}{came.shape} need to be bool of one shape"
        )
    hits, warned, events = int((said & came).sum()), int(said.sum()), int(came.sum())
    return Contingency(hits, events - hits, warned - hits, said.size - warned - events + hits)


def ratio(part, whole):
    """Return part / whole, NaN where `whole` is 0."""
    whole = np.asarray(whole, float)
    some = whole != 0
    return np.where(some, part / np.where(some, whole, 1.0), np.nan)[()]
