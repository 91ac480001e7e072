"""A picture is sent in pieces by who may bring pictures in, from our own pages or with a token."""

import pytest

from app.api import uploads
from app.services.imagery import waiting

FILE = {"name": "odm.tif", "size": 10, "mark": "1"}


@pytest.fixture
def grower(signed_in):
    return signed_in("grower")


def test_a_file_comes_in_pieces(grower, home):
    begun = grower.post("/api/uploads", json=FILE).json()
    assert (begun["held"], begun["piece"]) == (0, waiting.PIECE)
    address = f"/api/uploads/{begun['id']}"
    assert grower.put(address, params={"at": 0}, content=b"012345").json()["held"] == 6
    assert grower.get(address).json()["held"] == 6
    assert grower.put(address, params={"at": 6}, content=b"6789").json()["held"] == 10
    assert (waiting.folder(home) / begun["id"] / "odm.tif").read_bytes() == b"0123456789"
    assert grower.delete(address).status_code == 204
    assert grower.get(address).status_code == 404


def test_a_piece_that_is_too_large_is_not_taken(grower, monkeypatch):
    begun = grower.post("/api/uploads", json=FILE | {"size": 100}).json()
    monkeypatch.setattr(uploads, "PIECE", 8)
    refused = grower.put(f"/api/uploads/{begun['id']}", params={"at": 0}, content=iter([b"0123", b"4567", b"89"]))
    assert refused.status_code == 422
    assert "每段最多" in refused.json()["zh"]
    assert grower.get(f"/api/uploads/{begun['id']}").json()["held"] == 0


def test_nobody_and_who_may_bring_in_no_picture_are_refused(nobody, signed_in):
    assert nobody.post("/api/uploads", json=FILE).status_code == 401
    assert signed_in("supplier").post("/api/uploads", json=FILE).status_code == 403
    assert nobody.put("/api/uploads/x", params={"at": 0}, content=b"x").status_code == 401


def test_anothers_upload_is_unknown(grower, signed_in):
    begun = grower.post("/api/uploads", json=FILE).json()
    other = signed_in("agronomist")
    assert other.put(f"/api/uploads/{begun['id']}", params={"at": 0}, content=b"x").status_code == 404
    assert other.delete(f"/api/uploads/{begun['id']}").status_code == 404


def test_another_sites_page_sends_nothing_with_a_visitors_cookie(grower):
    odd = {"origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    assert grower.post("/api/uploads", json=FILE, headers=odd).status_code == 403
