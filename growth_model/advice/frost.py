"""Where cold strikes first: the order in which plots are protected on a frost night."""

import pandas as pd


def frost_order(plots: pd.DataFrame) -> pd.DataFrame:
    """Return the plots in the order of protection: most cases of frost first, then the lowest above the valley floor.

    Parameters
    ----------
    plots : DataFrame
        One row a plot with `plot`, `height` (above the valley floor, NaN unknown) [m], `cases` (members with the frost
        rule) and `members`; other columns stay.

    Returns
    -------
    DataFrame
        Plots with any case of frost, with `rank` from 1.

    Examples
    --------
    >>> plots = pd.DataFrame({"plot": ["ridge", "hollow"], "height": [80.0, 5.0], "cases": [9, 9], "members": 50})
    >>> list(frost_order(plots)["plot"])
    ['hollow', 'ridge']
    """
    struck = plots[plots["cases"] > 0].assign(share=lambda rows: rows["cases"] / rows["members"])
    ordered = struck.sort_values(["share", "height", "plot"], ascending=[False, True, True], na_position="last")
    return ordered.drop(columns="share").reset_index(drop=True).assign(rank=lambda rows: range(1, len(rows) + 1))
