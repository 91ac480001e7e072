"""The table of variables: name, unit, range, label; units are put right here, once."""

import tomllib
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import xarray as xr

from agro import units
from agro.errors import InputError

TABLE = Path(__file__).with_name("variables.toml")


@dataclass(frozen=True)
class Variable:
    """What the table says of one quantity; ranges are [low, high] in `units`."""

    name: str
    units: str
    range: tuple[float, float]
    plausible: tuple[float, float]
    zh: str
    en: str
    standard_name: str | None = None
    cell_methods: str | None = None

    @property
    def attrs(self) -> dict[str, str]:
        """The CF attributes of a `DataArray` that holds this quantity."""
        found = {
            "units": self.units,
            "long_name": self.en,
            "standard_name": self.standard_name,
            "cell_methods": self.cell_methods,
        }
        return {key: value for key, value in found.items() if value}


@cache
def table() -> dict[str, Variable]:
    """Return {name: Variable} of everything in `variables.toml`."""
    entries = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {
        name: Variable(name, **entry | {"range": tuple(entry["range"]), "plausible": tuple(entry["plausible"])})
        for name, entry in entries.items()
    }


def labelled(array: xr.DataArray, name: str) -> xr.DataArray:
    """Return `array` under `name` with the table's attributes instead of those it carried."""
    array = array.rename(name)
    array.attrs = dict(table()[name].attrs)
    return array


def checked(dataset: xr.Dataset, names: list[str]) -> xr.Dataset:
    """Return `names` of `dataset` in the table's units.

    Raises
    ------
    InputError
        When a name is missing; `UnitError` when its unit cannot be converted.

    Warns
    -----
    UserWarning
        When values lie outside the table's range.
    """
    if missing := [name for name in names if name not in dataset]:
        raise InputError(
            f"weather has no {', '.join(missing)}; it has {', '.join(map(str, dataset.data_vars))}",
            zh=f"气象数据缺少 {'、'.join(missing)}；现有 {'、'.join(map(str, dataset.data_vars))}",
        )
    result = dataset[names].copy()
    for name in names:
        variable = table()[name]
        values = units.converted(dataset[name], dataset[name].attrs.get("units", variable.units), variable.units, name)
        low, high = variable.range
        outside = int(((values < low) | (values > high)).sum())
        if outside:
            warnings.warn(f"{name}: {outside} of {values.size} values outside {low:g} to {high:g}", stacklevel=2)
        result[name] = labelled(values, name)
    return result
