"""A Dataset as one Parquet file and back: every dim, flag and attribute; nothing is unpickled."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import xarray as xr

from agro.errors import InputError

KEY = b"citrus"  # of the schema's metadata
ROWS = 131_072  # in a row group; a filter on the first dim reads only the groups it needs


def packed(dataset: xr.Dataset) -> pa.Table:
    """Return `dataset` as a long table: a column a coordinate, a column a variable, rows in the order of its dims."""
    dims = list(dict.fromkeys(str(dim) for name in dataset.variables for dim in dataset[name].dims))
    sizes = [dataset.sizes[dim] for dim in dims]
    if not math.prod(sizes):
        raise ValueError(f"a Dataset without rows cannot be kept: {dict(dataset.sizes)}")
    columns: dict[str, pa.Array] = {}
    kinds: dict[str, dict[str, Any]] = {}
    for name, variable in dataset.variables.items():
        about: dict[str, Any] = {"coord": name in dataset.coords, "attrs": variable.attrs}
        if variable.dims:
            own = [dim for dim in dims if dim in variable.dims]
            values = variable.values.transpose([variable.dims.index(dim) for dim in own])
            values = values.reshape([dataset.sizes[dim] if dim in own else 1 for dim in dims])
            columns[str(name)] = _column(values, sizes)
            about |= {"dims": list(map(str, variable.dims)), "dtype": str(values.dtype)}
        else:
            about["scalar"] = _plain(variable.values[()])
        kinds[str(name)] = about
    whole = {"dims": dims, "sizes": sizes, "variables": kinds, "attrs": dataset.attrs}
    return pa.table(columns).replace_schema_metadata({KEY: json.dumps(whole, default=_plain).encode()})


def unpacked(table: pa.Table) -> xr.Dataset:
    """Return the Dataset of a table made by `packed`; rows may have been picked by whole values of one dim."""
    about = json.loads((table.schema.metadata or {})[KEY])
    dims, sizes = about["dims"], list(about["sizes"])
    if dims and table.num_rows != math.prod(sizes):
        sizes = _picked_sizes(table, dims, sizes)
    data: dict[str, xr.Variable] = {}
    coords: dict[str, xr.Variable] = {}
    for name, kind in about["variables"].items():
        if "scalar" in kind:
            variable = xr.Variable((), kind["scalar"], kind["attrs"])
        elif name in table.column_names:
            own = [dim for dim in dims if dim in kind["dims"]]
            values = _values(table[name], kind["dtype"], sizes, tuple(slice(None) if dim in own else 0 for dim in dims))
            variable = xr.Variable(own, values, kind["attrs"]).transpose(*kind["dims"])
        else:
            continue
        (coords if kind["coord"] else data)[name] = variable
    return xr.Dataset(data, coords, about["attrs"])


def write(path: Path, content: xr.Dataset | pd.DataFrame | pa.Table) -> None:
    """Write `content` to a Parquet file at `path`."""
    if isinstance(content, xr.Dataset):
        content = packed(content)
    elif isinstance(content, pd.DataFrame):
        content = pa.Table.from_pandas(content, preserve_index=False)
    pq.write_table(content, path, compression="zstd", row_group_size=ROWS)


def read(path: Path, picked: Mapping[str, Sequence[Any]] | None = None) -> xr.Dataset:
    """Return the Dataset in the Parquet file at `path`; `picked` is {dim: values to read}."""
    filters = [(name, "in", list(values)) for name, values in (picked or {}).items()]
    table = pq.read_table(path, filters=filters or None)
    if KEY not in (table.schema.metadata or {}):
        raise InputError(f"{path.name} holds no Dataset of ours", zh=f"{path.name} 不是本平台的数据文件")
    return unpacked(table)


def _column(values: np.ndarray, sizes: list[int]) -> pa.Array:
    if values.dtype.kind in "OUT" or pd.api.types.is_string_dtype(values.dtype):
        codes, words = pd.factorize(values.ravel().astype(object))
        spread = np.broadcast_to(codes.reshape(values.shape), sizes).ravel()
        return pa.DictionaryArray.from_arrays(
            pa.array(spread, pa.int32(), mask=spread < 0), pa.array(list(words), pa.string())
        )
    return pa.array(np.ascontiguousarray(np.broadcast_to(values, sizes)).ravel())


def _values(column: pa.ChunkedArray, dtype: str, sizes: list[int], own: tuple[slice | int, ...]) -> np.ndarray:
    if not pa.types.is_dictionary(column.type):
        return column.to_numpy().reshape(sizes)[own].astype(dtype, copy=False)
    coded = column.unify_dictionaries().combine_chunks()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    codes = coded.indices.fill_null(-1).to_numpy().reshape(sizes)[own]
    words = np.array([*coded.dictionary.to_pylist(), None], dtype=object)  # the last one is what -1 picks
    return words[codes].astype(str) if dtype.startswith("<U") else words[codes]


def _picked_sizes(table: pa.Table, dims: list[str], sizes: list[int]) -> list[int]:
    counted = [
        len(table[dim].unique()) if dim in table.column_names else size for dim, size in zip(dims, sizes, strict=True)
    ]
    if math.prod(counted) != table.num_rows:
        raise InputError(
            f"{table.num_rows} rows do not make a grid of {counted}", zh=f"{table.num_rows} 行数据不成网格 {counted}"
        )
    return counted


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        return value.item()
    if isinstance(value, (int, float, str, bool, type(None))):
        return value
    return str(value)
