import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agro.store import disclosed


def plots(**cells):
    """Return one row a plot; cells are {township: [areas, one a farm]}."""
    rows = [(town, f"{town} {n}", area) for town, areas in cells.items() for n, area in enumerate(areas)]
    return pd.DataFrame(rows, columns=["township", "farm", "area"])


def shown(table, group="township"):
    return sorted(set(disclosed(table, group)["township"]))


def test_cells_of_five_growers_are_shown():
    assert shown(plots(Hillside=[1] * 5, Valley=[1] * 6)) == ["Hillside", "Valley"]


def test_a_lone_hidden_cell_takes_the_smallest_other_one_with_it():
    assert shown(plots(Hillside=[1] * 4, Valley=[3] * 5, Ridge=[1] * 6)) == ["Valley"]


@pytest.mark.parametrize(("areas", "expected"), [([16, 1, 1, 1, 1], False), ([15.9, 1, 1, 1, 1], True)])
def test_a_cell_that_one_grower_holds_to_four_fifths_is_hidden(areas, expected):
    table = plots(Hillside=areas, Valley=[10] * 6, Ridge=[10] * 7)
    assert ("Hillside" in shown(table)) == expected


def test_hidden_cells_that_are_small_even_together_take_another_one():
    assert shown(plots(A=[1, 1], B=[1, 1], C=[2] * 5, D=[3] * 5)) == ["D"]
    assert shown(plots(A=[1, 1, 1], B=[1, 1], C=[2] * 5, D=[3] * 5)) == ["C", "D"]


def test_two_plots_of_one_grower_are_one_grower():
    table = plots(Hillside=[1] * 5, Valley=[1] * 6, Ridge=[2] * 6)
    table.loc[0, "farm"] = table.loc[1, "farm"]
    assert shown(table) == ["Ridge"]


def test_plots_without_a_group_or_a_known_grower_add_nobody():
    table = plots(Hillside=[1] * 5, Valley=[1] * 6, Ridge=[2] * 6)
    table.loc[:1, "farm"] = None
    assert shown(table) == ["Ridge"]
    assert shown(plots(Hillside=[1] * 5).assign(township=None)) == []
    assert disclosed(plots(), "township").empty


def test_in_a_table_of_two_columns_no_row_or_column_leaves_one_gap():
    rows = [
        (town, kind, f"{town}{kind}{n}", 1.0 + (town == "B"))
        for town in "ABC"
        for kind in ("navel", "lemon", "pomelo")
        for n in range(2 if (town, kind) == ("A", "navel") else 6)
    ]
    table = pd.DataFrame(rows, columns=["township", "cultivar", "farm", "area"])
    told = disclosed(table, ["township", "cultivar"])
    hidden = set(map(tuple, table[["township", "cultivar"]].drop_duplicates().values)) - set(
        map(tuple, told[["township", "cultivar"]].drop_duplicates().values)
    )
    assert ("A", "navel") in hidden
    for column in (0, 1):
        lines = [cell[column] for cell in hidden]
        assert all(lines.count(line) >= 2 for line in lines)


@given(st.dictionaries(st.sampled_from("ABCDE"), st.lists(st.floats(0.1, 100), min_size=1, max_size=9), min_size=1))
@settings(max_examples=60)
def test_neither_a_cell_nor_what_is_missing_from_the_total_points_at_few(cells):
    table = plots(**cells)
    told = disclosed(table, "township")
    parts = [cell for _, cell in told.groupby("township")]
    hidden = table.drop(told.index)
    if len(hidden) and len(told):
        parts.append(hidden)  # total less what is shown
        assert hidden["township"].nunique() >= 2
    for part in parts:
        by_farm = part.groupby("farm")["area"].sum()
        assert len(by_farm) >= 5
        assert by_farm.max() < 0.8 * by_farm.sum()
