"""What a drone flight leaves besides its picture: tables of trees, of gaps and of plots, in columns of one kind."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

PLOTS, TREES, GAPS = "plots", "trees", "gaps"
ROWS = 20_000  # of a group that a filter on plots can skip
TEXT, NUMBER, COUNT, FLAG = pa.large_string(), pa.float64(), pa.int64(), pa.bool_()
SCHEMAS = {
    TREES: pa.schema(
        {
            "plot": TEXT, "tree": COUNT, "state": TEXT, "longitude": NUMBER, "latitude": NUMBER, "area_m2": NUMBER,
            "d1_m": NUMBER, "d2_m": NUMBER, "solidity": NUMBER, "height_m": NUMBER, "volume_m3": NUMBER,
            "gli": NUMBER, "ngrdi": NUMBER, "yellow": NUMBER, "score": NUMBER, "unsure": FLAG, "z_colour": NUMBER,
            "z_size": NUMBER, "class": TEXT, "spot": COUNT, "crown": pa.large_binary(),
        }
    ),
    GAPS: pa.schema(
        {"plot": TEXT, "gap": TEXT, "n_missing": COUNT, "votes": COUNT, "longitude": NUMBER, "latitude": NUMBER}
    ),
    PLOTS: pa.schema(
        {
            "plot": TEXT, "n_found": NUMBER, "n_expected": NUMBER, "countable": FLAG, "cover": NUMBER,
            "green_cover": NUMBER, "grass": NUMBER, "shadow": NUMBER, "blown": NUMBER, "empty": NUMBER,
            "unsure": NUMBER, "n_weak": COUNT, "n_missing": COUNT, "diameter": NUMBER, "spacing": NUMBER,
            "rows": NUMBER, "start": TEXT, "warnings": TEXT, "note_en": TEXT, "note_zh": TEXT, "flight": TEXT,
            "time": pa.timestamp("us", "UTC"),
        }
    ),
}  # fmt: skip
"""By part. A flight without a tree has the columns of any other, and one read beside others is taken for them."""


def write(part: str, table: pd.DataFrame, path: Path) -> None:
    """Write one of a flight's tables; what it lacks of the columns is empty, what it has beyond them is not kept."""
    schema = SCHEMAS[part]
    columns = {
        name: pa.array(table[name], schema.field(name).type, from_pandas=True)
        if name in table and len(table)
        else pa.nulls(len(table), schema.field(name).type)
        for name in schema.names
    }
    pq.write_table(pa.table(columns, schema), path, compression="zstd", row_group_size=ROWS)
