"""Scenes of a catalogue come in like files, and a second look at the catalogue changes nothing."""

import http.server
import json
import threading
from datetime import date, datetime
from functools import partial

import pytest

from agro.errors import InputError, NotAllowedError
from agro.store import EVERYTHING, OPERATOR
from app.services.imagery import online
from tests.app.services.imagery import ground_truth as truth

DAYS = [datetime(2024, 8, day, 3, 20) for day in (1, 11)]
SPAN = (date(2024, 8, 1), date(2024, 8, 31))


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server on this machine that says nothing, and answers for parts of files."""

    def log_message(self, *told):
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a static STAC catalogue of two scenes, served on this machine."""
    folder = tmp_path_factory.mktemp("catalogue")
    links = []
    for day in DAYS:
        path = truth.write_scene(folder, day, truth.field(day))
        links.append({"rel": "item", "href": f"./{path.name}/{path.name}.json", "type": "application/json"})
    catalogue = {
        "type": "Catalog", "stac_version": "1.0.0", "id": "here", "description": "synthetic",
        "links": [{"rel": "root", "href": "./catalog.json"}, *links],
    }  # fmt: skip
    (folder / "catalog.json").write_text(json.dumps(catalogue), encoding="utf-8")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/catalog.json"
    server.shutdown()


def test_scenes_of_a_served_catalogue_are_read_around_the_plots(bare, address):
    report = online.fetch(OPERATOR, bare, address, *SPAN)
    assert report.counts == {"added": 2, "same": 0, "replaced": 0, "failed": 0}
    table = bare.store.plot_pictures(EVERYTHING, indices=["ndvi"])
    assert table["plot"].nunique() == 16
    inner = truth.field(DAYS[1])[truth.inside(truth.outlines().iloc[0].buffer(-10, join_style="mitre"))]
    row = table[(table["plot"] == "p01") & (table["time"] == table["time"].max())].iloc[0]
    assert row["mean"] == pytest.approx(inner.mean(), abs=2e-3)
    again = online.fetch(OPERATOR, bare, address, *SPAN)
    assert again.counts == {"added": 0, "same": 2, "replaced": 0, "failed": 0}


def test_nothing_found_too_much_and_no_answer_are_told_apart(bare, address):
    with pytest.raises(InputError, match="no picture of a known sensor"):
        online.fetch(OPERATOR, bare, address, date(2020, 1, 1), date(2020, 2, 1))
    with pytest.raises(InputError, match="2 scenes are more than 1"):
        online.fetch(OPERATOR, bare, address, *SPAN, most=1)
    with pytest.raises(InputError, match="STAC"):
        online.fetch(OPERATOR, bare, address.replace("catalog", "nothing"), *SPAN)
    with pytest.raises(NotAllowedError):
        online.fetch(truth.grower(bare), bare, address, *SPAN)
