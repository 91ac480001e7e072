"""How long an insect or mite takes from one stage to another: a constant sum of heat, and how far sources differ."""

from typing import Annotated, NamedTuple

import numpy as np

from agro import parameters
from pest_warning.organism import Organism

SECTION = "development"


class Development(NamedTuple):
    """What one source found that a development needs."""

    lower: Annotated[float, "degC"]  # nothing happens below
    sum: Annotated[float, "degC d"]


def days(temperature, lower, total):
    """Return how long a development takes at a constant temperature.

    Parameters
    ----------
    temperature : array_like
        NaN stays NaN. [degC]
    lower : float
        Threshold. [degC]
    total : float
        Heat above the threshold that completes it. [degC d]

    Returns
    -------
    array_like, shape of `temperature`
        Infinite up to the threshold. [d]

    Notes
    -----
    The line holds between some 5 K above the threshold and the best temperature: below it development is faster than
    the line tells, above it slower.

    Examples
    --------
    >>> round(float(days(25.0, 12.2, 230.5)), 1)
    18.0
    """
    with np.errstate(divide="ignore"):
        return np.float64(total) / np.maximum(np.asarray(temperature, float) - lower, 0.0)


def ensemble(organism: Organism) -> dict[str, Development]:
    """Return what each source in section `development` found, by its key: they differ, so none of them stands alone.

    Raises
    ------
    ParameterError
        When the file has no such section, or a source lacks something.
    """
    parameters.section(organism.path, SECTION)
    table = parameters.document(organism.path)[SECTION]
    return {key: organism.parameters(f"{SECTION}.{key}", Development) for key in table}
