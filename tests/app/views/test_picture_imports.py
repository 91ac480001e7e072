"""Pictures in from the data page: told what they are, asked what they do not say, handed to the worker."""

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from agro.farm import Role
from app import session
from app.answers import images
from app.components import imports, picture_imports
from app.services import jobs
from app.services.imagery import waiting
from tests.app.services.imagery import ground_truth as truth
from tests.app.views import picture_home

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def station(grower, monkeypatch):
    monkeypatch.setattr(session, "viewer", lambda: picture_home.somebody(Role.STATION))


@pytest.fixture
def grower(pictured, monkeypatch):
    monkeypatch.setattr(session, "viewer", lambda: picture_home.grower(pictured))
    monkeypatch.setattr(session, "home", lambda: pictured)
    monkeypatch.setattr(session, "language", lambda: "zh")


def test_a_zip_of_bands_is_recognised_before_it_is_stored(station, tmp_path):
    day = datetime(2024, 7, 1, 3, 20)
    folder = truth.write_scene(tmp_path / "in", day, truth.field(day))
    packed = shutil.make_archive(str(tmp_path / folder.name), "zip", folder)
    found = images.look_at("scene", Path(packed))
    assert "sentinel2_l2a" in found.findings[0].en
    assert found.questions == []


def test_a_mosaic_without_a_day_is_asked_for_it(grower, pictured, tmp_path):
    path = picture_home._mosaic(tmp_path / "odm_orthophoto.tif", truth.outlines().iloc[0].bounds)
    found = images.look_at("mosaic", path)
    assert found.questions == ["time"]
    assert "地块01" in found.findings[0].zh


def test_what_is_no_picture_is_refused_by_name(station, tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(session.st, "error", said.append)
    (tmp_path / "holiday.tif").write_bytes(b"II*\0no picture")
    assert images.look_at("scene", tmp_path / "holiday.tif") is None
    assert "holiday.tif" in said[0]


def test_an_upload_waits_for_the_worker_with_what_was_told(grower, pictured, monkeypatch):
    handed, said = {}, []
    monkeypatch.setattr(session.st, "error", said.append)
    monkeypatch.setattr(jobs, "submit", lambda viewer, home, kind, **told: handed.update(kind=kind, **told) or "job")
    when = datetime(2024, 9, 1, 11, 30)
    upload = waiting.begin(session.viewer(), pictured, "odm.tif", 3)
    assert images.sent(upload.id) is None
    assert "0/3" in said[0]
    waiting.append(session.viewer(), pictured, upload.id, 0, b"tif")
    assert images.bring_in("mosaic", images.sent(upload.id), time=when) == "job"
    assert handed == {"kind": "pictures", "what": "mosaic", "time": when, "path": upload.path}
    assert handed["path"].read_bytes() == b"tif"
    waiting.drop(session.viewer(), pictured, upload.id)


def test_a_picture_that_was_sent_is_looked_at_asked_for_its_day_and_handed_over_once(
    open_as, pictured, monkeypatch, tmp_path
):
    who, handed = picture_home.grower(pictured), []
    path = picture_home._mosaic(tmp_path / "odm_orthophoto.tif", truth.outlines().iloc[0].bounds)
    upload = waiting.begin(who, pictured, path.name, path.stat().st_size)
    waiting.append(who, pictured, upload.id, 0, path.read_bytes())
    monkeypatch.setattr(picture_imports.picture_upload, "show", lambda types, key: upload.id)
    monkeypatch.setattr(jobs, "submit", lambda viewer, home, kind, **told: handed.append(told) or "job")
    page = open_as(pictured, who, "data")
    page.selectbox(key="import_kind").select("mosaic").run()
    assert "几个 GB" in " ".join(one.value for one in page.caption)
    assert page.button(key="import_commit").disabled
    page.date_input(key="import_date").set_value(date(2024, 9, 1)).run()
    page.button(key="import_commit").click().run()
    assert not page.exception
    assert [one["path"] for one in handed] == [upload.path]
    assert handed[0]["time"].utcoffset() is not None
    assert "已交给后台" in page.success[0].value
    assert "import_commit" not in {one.key for one in page.button}
    waiting.drop(who, pictured, upload.id)


def test_the_data_page_offers_pictures_to_who_may_bring_them_in(open_as, pictured):
    both = {"卫星影像（一景）", "无人机正射影像"}
    for who, may in ((picture_home.grower(pictured), {"无人机正射影像"}), (picture_home.somebody(Role.STATION), both)):
        offered = open_as(pictured, who, "data").selectbox(key="import_kind").options
        assert both & set(offered) == may
    assert all(imports.RIGHTS[kind] == "scene.import" for kind in picture_imports.KINDS)
