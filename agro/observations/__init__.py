"""What people see and measure at their plots: the kinds, how sure each is, and the tables it comes in."""

from agro.observations.kinds import Kind, assumed_error, checked, kinds, standard_deviation
from agro.observations.reading import Refused, Row, Table, read
from agro.observations.template import template_csv

__all__ = [
    "Kind",
    "Refused",
    "Row",
    "Table",
    "assumed_error",
    "checked",
    "kinds",
    "read",
    "standard_deviation",
    "template_csv",
]
