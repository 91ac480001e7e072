"""The records of plant protection: what was done, what was counted, which trees are suspected."""

from agro.protection.counts import CountRow, Method, methods
from agro.protection.samples import RELEASED, STATES, SampleRow, State, following, states
from agro.protection.template import template_csv
from agro.protection.treatments import Deed, TreatmentRow, deeds, equipment, evidence, mode_of_action
from agro.protection.words import Choice

__all__ = [
    "RELEASED",
    "STATES",
    "Choice",
    "CountRow",
    "Deed",
    "Method",
    "SampleRow",
    "State",
    "TreatmentRow",
    "deeds",
    "equipment",
    "evidence",
    "following",
    "methods",
    "mode_of_action",
    "states",
    "template_csv",
]
