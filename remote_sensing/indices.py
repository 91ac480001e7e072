"""Indices: the catalogue of `indices.toml`, and an index of a scene on the grid that its bands allow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from agro import parameters
from agro.errors import InputError, NotFoundError, ParameterError
from remote_sensing import formula as formulas
from remote_sensing import index_kernel
from remote_sensing.formula import Formula
from remote_sensing.grids import on_common_grid
from remote_sensing.scene import LOST, ROLES, Scene

PATH = Path(__file__).with_name("indices.toml")
CHOICES = {
    "kind": ("satellite", "rgb"), "better": ("high", "low"), "correction": ("needed", "little", "none"),
}  # fmt: skip
STRENGTHS = ("good", "promising", "weak", "no")


@dataclass(frozen=True)
class Index:
    """One index and what is known about it; texts in both languages are {"zh": ..., "en": ...}.

    Attributes
    ----------
    key, label : str
        "ndvi", "NDVI".
    formula : Formula
    defined : tuple of Formula
        Comparisons; where one does not hold the index is NaN.
    roles : tuple of str
        The bands it needs, in the order of `scene.ROLES`.
    low, high : float
        Ends of the absolute colour range. [unit]
    better : str
        "high" or "low": where a healthy canopy lies.
    correction : str
        Whether light on slopes must be put right before: "needed", "little", "none".
    file : dict
        How a raster of it is stored: {"type": "int16" or "float32", "scale": float}.
    proven : tuple of dict
        What studies on citrus found: target, strength, zh, en, source, evidence.
    spyndex : str, optional
        The key of the same formula in that package.
    differs : dict, optional
        A key there that sounds the same and is not: {"key", "zh", "en"}.
    """

    key: str
    label: str
    name: dict[str, str]
    formula: Formula
    defined: tuple[Formula, ...]
    roles: tuple[str, ...]
    kind: str
    unit: str
    low: float
    high: float
    better: str
    correction: str
    file: dict[str, Any]
    use: dict[str, str]
    proven: tuple[dict[str, str], ...]
    source: str
    evidence: str
    spyndex: str | None = None
    differs: dict[str, str] | None = None


@cache
def catalogue(path: Path = PATH) -> Mapping[str, Index]:
    """Return all indices of a file by their keys, in its order.

    Raises
    ------
    ParameterError
        For a formula that cannot be read, a missing or unknown entry.
    """
    return MappingProxyType({key: _index(path, key, entry) for key, entry in parameters.document(path).items()})


def named(key: str) -> Index:
    """Return one index of our own catalogue; `NotFoundError` for a key it does not have."""
    try:
        return catalogue()[key]
    except KeyError:
        known = ", ".join(catalogue())
        raise NotFoundError(
            f"no index is called '{key}'; known: {known}", zh=f"没有名为“{key}”的指数；可用：{known}"
        ) from None


def possible(roles: Iterable[str], kind: str | None = None) -> tuple[str, ...]:
    """Return the keys of the indices that can be had from these bands, of one kind or of both."""
    held = set(roles)
    return tuple(
        key for key, one in catalogue().items() if held.issuperset(one.roles) and (kind is None or one.kind == kind)
    )


def evaluate(key: str, bands: Mapping[str, Any]) -> np.ndarray:
    """Return an index from named bands, step by step in float64; the reference for the compiled form.

    Parameters
    ----------
    key : str
    bands : mapping of {role: array_like}
        Reflectance, or numbers 0 to 255 of drone pictures.

    Returns
    -------
    ndarray
        NaN where the bands do not define it.
    """
    index = named(key)
    result = formulas.value(index.formula, bands)
    for condition in index.defined:
        result = np.where(formulas.value(condition, bands), result, np.nan)
    return result


def compute(
    scene: Scene, keys: Iterable[str], *, clear_only: bool = True, parallel: bool = False
) -> dict[str, xr.DataArray]:
    """Return indices of a scene, each on the coarsest grid of its bands.

    Finer bands are averaged into the coarser cells, coarser ones are never made finer: that would add no information
    and count cells that were not measured.

    Parameters
    ----------
    scene : Scene
        With `quality`, or without where no masks were made.
    keys : iterable of str
    clear_only : bool
        False keeps cells under thin cloud and near clouds, which `scene.WEIGHTS` counts less.

    Returns
    -------
    dict of {str: DataArray}, dims (y, x), float32
        NaN where a band is missing, the formula is not defined, or the quality refuses the cell.

    Raises
    ------
    NotFoundError
        For an unknown index.
    InputError
        Where the scene lacks a band, or its grids do not overlap.
    """
    wanted = [named(key) for key in keys]
    for index in wanted:
        if missing := [role for role in index.roles if role not in scene.roles]:
            raise InputError(
                f"{index.label} needs {', '.join(missing)}; scene {scene.product} has {', '.join(scene.roles)}",
                zh=f"{index.label} 需要波段 {'、'.join(missing)}；影像 {scene.product} 只有 {'、'.join(scene.roles)}",
            )
    groups: dict[float, list[Index]] = {}
    for index in wanted:
        groups.setdefault(max(scene.cell(role) for role in index.roles), []).append(index)
    refused = 0xFF if clear_only else int(LOST)
    found = {}
    for cell, some in groups.items():
        roles = tuple(role for role in ROLES if any(role in index.roles for index in some))
        bands, quality = on_common_grid(scene, roles, cell)
        values = index_kernel.masked(
            bands.to_numpy(), [str(role) for role in bands["band"].values], [index.key for index in some],
            quality=None if quality is None else quality.to_numpy(), refused=refused, parallel=parallel,
        )  # fmt: skip
        for index, layer in zip(some, values, strict=True):
            found[index.key] = _labelled(layer, bands, index, scene)
    return {index.key: found[index.key] for index in wanted}


def _labelled(layer: np.ndarray, bands: xr.DataArray, index: Index, scene: Scene) -> xr.DataArray:
    """Return a layer with the coordinates of its bands and its name."""
    kept = bands.isel(band=0, drop=True).copy(data=layer)
    kept.attrs = {
        "index": index.key, "units": index.unit, "sensor": scene.sensor, "product": scene.product,
        "datetime": scene.time.isoformat(),
    }  # fmt: skip
    return kept.rename(index.key)


def _index(path: Path, key: str, entry: dict[str, Any]) -> Index:
    """Return one index from its table, checked."""
    entry = dict(entry)
    try:
        low, high = (float(one) for one in entry.pop("show"))
        formula = formulas.parsed(entry.pop("formula"), ROLES)
        defined = tuple(formulas.parsed(text, ROLES, condition=True) for text in entry.pop("defined"))
        used = {name for one in (formula, *defined) for name in one.names}
        roles = tuple(role for role in ROLES if role in used)
        proven = tuple(entry.pop("proven"))
        index = Index(
            key=key, low=low, high=high, formula=formula, defined=defined, roles=roles, proven=proven, **entry
        )
    except (KeyError, TypeError, ValueError) as error:
        known = ", ".join(one.name for one in fields(Index))
        raise _error(path, key, f"{error}; an index has {known}, with show = [low, high]") from error
    for name, choices in CHOICES.items():
        if getattr(index, name) not in choices:
            raise _error(path, key, f"{name} is one of {', '.join(choices)}; got '{getattr(index, name)}'")
    if not low < high:
        raise _error(path, key, f"show needs a lower and a higher end; got {low}, {high}")
    for study in proven:
        if set(study) != {"target", "strength", "zh", "en", "source", "evidence"}:
            raise _error(path, key, f"proven needs target, strength, zh, en, source, evidence; got {', '.join(study)}")
        if study["strength"] not in STRENGTHS:
            raise _error(path, key, f"strength is one of {', '.join(STRENGTHS)}; got '{study['strength']}'")
    if index.evidence not in parameters.EVIDENCE or not index.source.strip():
        raise _error(path, key, "needs a source and a known kind of evidence")
    return index


def _error(path: Path, key: str, what: str) -> ParameterError:
    where = f"{Path(path).name} [{key}]"
    return ParameterError(f"{where}: {what}", zh=f"参数文件 {where}：{what}")
