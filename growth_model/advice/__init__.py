"""Advice for the stage: rules that read the state and the forecast, and the order in which plots are picked."""

from growth_model.advice.evaluate import Advice, advise
from growth_model.advice.frost import frost_order
from growth_model.advice.harvest import harvest_order, harvest_windows, ripening_by
from growth_model.advice.rules import Rule, fields, rules

__all__ = [
    "Advice",
    "Rule",
    "advise",
    "fields",
    "frost_order",
    "harvest_order",
    "harvest_windows",
    "ripening_by",
    "rules",
]
