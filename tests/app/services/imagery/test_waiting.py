"""Uploads come piece by piece, are their sender's alone, have bounds, and are forgotten when nothing comes any more."""

import os
import shutil
import time
from collections import namedtuple

import pytest

from agro.errors import InputError, NotAllowedError, NotFoundError
from agro.farm import Role, Viewer
from app.services import jobs
from app.services.imagery import waiting
from tests.app.services.imagery import ground_truth as truth

GB = 10**9


@pytest.fixture
def who(bare):
    return truth.grower(bare)


def test_pieces_make_the_file_and_one_that_comes_twice_or_too_early_is_not_taken(bare, who):
    upload = waiting.begin(who, bare, "C:\\flights\\odm.tif", 10)
    assert (upload.name, upload.held) == ("odm.tif", 0)
    assert waiting.append(who, bare, upload.id, 0, b"01234").held == 5
    assert waiting.append(who, bare, upload.id, 0, b"01234").held == 5  # its answer was lost
    assert waiting.append(who, bare, upload.id, 8, b"89").held == 5
    with pytest.raises(InputError, match="5 of 10 bytes"):
        waiting.complete(who, bare, upload.id)
    with pytest.raises(InputError, match="more than the 10 bytes"):
        waiting.append(who, bare, upload.id, 5, b"567890")
    waiting.append(who, bare, upload.id, 5, b"56789")
    assert waiting.complete(who, bare, upload.id).read_bytes() == b"0123456789"


def test_the_same_file_goes_on_where_it_stopped_and_another_of_its_name_begins_anew(bare, who):
    upload = waiting.begin(who, bare, "odm.tif", 10, "may")
    waiting.append(who, bare, upload.id, 0, b"01234")
    again = waiting.begin(who, bare, "odm.tif", 10, "may")
    assert (again.id, again.held) == (upload.id, 5)
    assert waiting.begin(who, bare, "odm.tif", 10, "july").held == 0
    assert waiting.begin(truth.grower(bare, "f2"), bare, "odm.tif", 10, "may").held == 0


def test_an_upload_is_its_senders_alone(bare, who):
    upload = waiting.begin(who, bare, "odm.tif", 10)
    other = truth.grower(bare, "f2")
    for deed in (waiting.one, waiting.complete, waiting.drop):
        with pytest.raises(NotFoundError, match="no such upload"):
            deed(other, bare, upload.id)
    with pytest.raises(NotFoundError):
        waiting.append(other, bare, upload.id, 0, b"x")
    with pytest.raises(NotAllowedError):
        waiting.begin(Viewer("o", "o", Role.OFFICIAL), bare, "odm.tif", 10)
    for odd in ("../waiting", "..", "", upload.id + "/../x"):
        with pytest.raises(NotFoundError):
            waiting.one(who, bare, odd)
    waiting.drop(who, bare, upload.id)
    assert not upload.path.parent.exists()


@pytest.mark.parametrize("name", ["odm.exe", "odm", ".tif", "..", "", "a\nb.tif", "长" * 90 + ".tif"])
def test_what_is_no_pictures_name_is_refused(bare, who, name):
    with pytest.raises(InputError, match="no name of a picture"):
        waiting.begin(who, bare, name, 10)
    assert not waiting.folder(bare).exists() or not list(waiting.folder(bare).iterdir())


def test_one_file_one_person_and_the_disk_have_bounds(bare, who, monkeypatch):
    space = namedtuple("space", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: space(0, 0, 100 * GB))
    with pytest.raises(InputError, match="at most 20 GB"):
        waiting.begin(who, bare, "odm.tif", 21 * GB)
    waiting.begin(who, bare, "odm.tif", 15 * GB)
    with pytest.raises(InputError, match="wait already"):
        waiting.begin(who, bare, "second.tif", 6 * GB)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: space(0, 0, 26 * GB))
    with pytest.raises(InputError, match=r"11\.0 GB left"):  # 15 of the 26 are promised to the first
        waiting.begin(truth.grower(bare, "f2"), bare, "odm.tif", 5 * GB)
    assert waiting.begin(truth.grower(bare, "f2"), bare, "odm.tif", 4 * GB).held == 0


def test_an_upload_to_which_nothing_comes_is_forgotten_unless_work_waits_for_it(bare, who):
    left, read, fresh = (waiting.begin(who, bare, name, 10) for name in ("left.tif", "read.tif", "fresh.tif"))
    bare.store.add_job("pictures", {"what": "mosaic", "path": str(read.path)}, by=who)
    yesterday = time.time() - 25 * 3600
    for one in (left, read):
        for path in (one.path, one.path.parent / waiting.TOLD, one.path.parent):
            os.utime(path, (yesterday, yesterday))
    assert waiting.sweep(bare) == 1
    assert [one.path.parent.exists() for one in (left, read, fresh)] == [False, True, True]
    jobs.recover(bare)  # a new server: what was under way has failed
    assert [one.path.parent.exists() for one in (left, read, fresh)] == [False, False, True]
