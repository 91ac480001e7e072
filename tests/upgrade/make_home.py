"""Write what a home of today's release keeps, for later releases to open.

`python -m tests.upgrade.make_home 0.1.0`; made once at each release and never again. The outcome is a text dump of the
database, small enough to keep.
"""

import sqlite3
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
from shapely.geometry import box

from agro.farm import Boundary, Farm, Plot, Region, Role, Station
from agro.store import Store

HERE = Path(__file__).parent
ON = date(2026, 9, 20)


def fill(store: Store) -> None:
    """Put one of everything into a store."""
    store.migrate()
    store.save_region(Region("r1", "云谷县（合成示例）", "EPSG:32649", synthetic=True))
    store.save_boundaries([Boundary("b1", "橙溪镇", "township", box(109, 30, 109.1, 30.1))])
    owner = store.add_account("grower", None, Role.GROWER, "示例果农01（合成）")
    store.save_farms([Farm("f1", "示例果园", owner)])
    plot = Plot("p1", "f1", "东坡1号", box(109, 30, 109.01, 30.01), 1.06e6, "navel", 2012, (4.0, 3.0), elevation=310.0)
    store.save_plots([plot])
    store.save_station(Station("s1", "河谷示例站", 109.0, 30.0, 199.0, synthetic=True))
    store.add_job("run", {})
    run = store.start_run(ON, members=2)
    told = {"plot": ["p1"], "bloom_p50": [date(2026, 4, 14)], "diameter_p50": [69.2], "evidence": ["none"]}
    frame = pd.DataFrame({"plot": ["p1"], "site": [0], "weight": [1.0]})
    store.save_outlook(run, ON, frame, frame, pd.DataFrame(told))
    store.finish_run(run, counts={"plots": 1})


def dump(version: str) -> Path:
    """Write the dump of a filled home and return its path."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        store.clock = lambda: datetime(2026, 9, 21, 6, tzinfo=UTC)
        fill(store)
        store.close()
        with sqlite3.connect(Path(folder) / "citrus.db") as database:
            text = "\n".join(database.iterdump())
    path = HERE / f"home_{version.replace('.', '_')}.sql"
    path.write_text(text + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    dump(sys.argv[1])
