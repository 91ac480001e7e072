"""The real pages in a real browser: they open, fit a phone, ask nobody outside, and do as they are told."""

import math
import re

import pytest

from app.services.imagery import waiting

pytestmark = pytest.mark.browser
VIEWS = [
    "home", "plot", "advice", "why", "what_if", "slope", "harvest", "fit", "county_map", "new_plot", "data",
    "runs", "about",
]  # fmt: skip


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_opens_and_fits_the_screen(visit, tmp_path, width):
    someone = visit("grower" if width == 390 else "admin", width)
    for view in VIEWS:
        someone.open(view)
        assert not someone.scrolls_sideways(), view
        assert not someone.page.get_by_test_id("stException").count(), view
        assert "合成示例" in someone.page.inner_text("body"), view
        someone.page.screenshot(path=tmp_path / f"{view}_{width}.png")


@pytest.mark.parametrize("width", [1280, 390])
def test_an_official_begins_with_the_region_in_sums(visit, tmp_path, width):
    someone = visit("official", width)
    someone.open("home")
    assert someone.page.locator("h1").first.inner_text() == "全区汇总"
    assert "草稿，未发布" in someone.page.inner_text("body")
    assert not someone.scrolls_sideways()
    with someone.page.expect_download() as waiting:
        someone.page.get_by_role("button", name="下载汇总表").click()
    waiting.value.save_as(tmp_path / "region.csv")
    assert (tmp_path / "region.csv").read_bytes().startswith("\ufeff乡镇,".encode())
    someone.page.screenshot(path=tmp_path / f"region_{width}.png")


def test_a_click_on_the_map_selects_the_plot_for_every_page(visit, demo_home, tmp_path):
    someone = visit()
    someone.open("county_map")
    chart = someone.page.get_by_test_id("stDeckGlJsonChart")
    chart.locator("canvas").first.wait_for()
    someone.page.wait_for_timeout(6000)
    before = someone.page.get_by_text(re.compile("^打开“")).inner_text()
    spots = [spot for spot in places(demo_home) if f"“{spot[0]}”" not in before]
    # the loneliest one, so that a pixel more or less hits no neighbour
    name, dx, dy = max(spots, key=lambda a: min(math.dist(a[1:], b[1:]) for b in spots if b is not a))
    box = chart.bounding_box()
    x, y = box["x"] + box["width"] / 2 + dx, box["y"] + box["height"] / 2 + dy
    someone.page.mouse.move(x - 6, y - 6)
    someone.page.mouse.move(x, y, steps=4)
    someone.page.wait_for_timeout(600)
    someone.page.mouse.click(x, y, delay=40)
    after = someone.page.get_by_text(f"打开“{name}”")
    after.wait_for()
    someone.page.wait_for_timeout(1500)
    someone.page.screenshot(path=tmp_path / "picked.png")
    after.click()
    someone.page.get_by_role("heading", name="我的地块").wait_for()
    someone.still()
    assert name in someone.page.get_by_role("combobox").first.input_value()


def places(home) -> list[tuple[str, float, float]]:
    """Return names of plots and how far from the map's centre they are shown [px]; web Mercator, as on any such map."""
    from agro.store.rights import OPERATOR
    from app.components import plot_map
    from app.services import farms
    from app.services.platform import open_platform

    plots = farms.plots(OPERATOR, open_platform(home))
    seen = plot_map.view(plots, plots.iloc[0:0], 520)

    def world(longitude, latitude):
        y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2
        return 512 * 2**seen.zoom * (longitude + 180) / 360, 512 * 2**seen.zoom * y

    x0, y0 = world(seen.longitude, seen.latitude)
    points = plots.geometry.representative_point()
    spots = [(name, *world(point.x, point.y)) for name, point in zip(plots["name"], points, strict=True)]
    return [(name, x - x0, y - y0) for name, x, y in spots]


def test_the_language_switch_turns_the_page_over(visit):
    someone = visit()
    someone.open("about")
    someone.page.get_by_role("radio", name="English").or_(
        someone.page.get_by_role("button", name="English")
    ).first.click()
    someone.page.get_by_role("heading", name="How sure are we").wait_for()
    someone.page.get_by_text("Runs", exact=True).first.click()
    someone.page.get_by_role("heading", name="Runs").wait_for()


def test_a_grower_draws_a_plot_on_a_phone(visit, tmp_path):
    someone = visit("grower", 390)
    someone.open("new_plot")
    ground = someone.page.locator("#map.leaflet-container")
    ground.wait_for()
    someone.page.wait_for_timeout(2500)
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    for x, y in ((0.3, 0.3), (0.6, 0.32), (0.62, 0.6), (0.33, 0.62)):
        someone.page.touchscreen.tap(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        someone.page.wait_for_timeout(450)
    someone.page.get_by_text(re.compile(r"4 个角，约 [\d.]+ 亩")).wait_for()
    someone.page.get_by_label("地块名称").fill("新画的地")
    someone.page.get_by_label("地块名称").press("Enter")
    someone.still()
    someone.page.screenshot(path=tmp_path / "drawn.png")
    someone.page.get_by_role("button", name="添加这块地").click()
    someone.page.get_by_text(re.compile("已添加“新画的地”")).wait_for()
    someone.page.screenshot(path=tmp_path / "added.png")


def test_i_am_here_sets_the_pin(visit):
    someone = visit("grower", 390)
    someone.open("new_plot")
    someone.page.get_by_role("button", name="定位点").click()
    someone.page.get_by_role("button", name="我在这里").click()
    someone.page.get_by_text("定位好了").wait_for()


def test_a_file_of_plots_is_shown_before_it_is_stored(visit, tmp_path):
    file = tmp_path / "plots.csv"
    file.write_text(
        "name,farm,lon,lat,area_mu,cultivar\n试种地,示例果园01（合成）,109.41,30.9,3,脐橙\n", encoding="utf-8"
    )
    someone = visit()
    someone.open("data")
    someone.page.locator("input[type=file]").first.set_input_files(file)
    someone.page.get_by_text("读懂了这些").wait_for()
    someone.still()
    someone.page.screenshot(path=tmp_path / "preview.png")
    someone.page.get_by_role("button", name="确认导入").click()
    someone.page.get_by_text("已导入：新增 1").wait_for()
    someone.still()
    someone.page.screenshot(path=tmp_path / "imported.png")


def test_a_picture_larger_than_a_piece_is_sent_through_a_network_that_fails(visit, demo_home, tmp_path):
    file = tmp_path / "odm_orthophoto.tif"
    file.write_bytes(b"no picture " * (waiting.PIECE // 5))  # two pieces and a part
    someone, asked = visit(), []

    def fail_once(route):
        asked.append(route.request.url)
        route.abort() if len(asked) == 2 else route.continue_()

    someone.page.route("**/api/uploads/*?at=*", fail_once)
    someone.open("data")
    someone.page.get_by_role("combobox").first.click()
    someone.page.get_by_text("无人机正射影像", exact=True).click()
    someone.page.get_by_label("选择影像文件").set_input_files(file)
    someone.page.get_by_text("已全部上传").wait_for()
    someone.page.get_by_test_id("stAlert").get_by_text("odm_orthophoto.tif").wait_for()  # it is no picture
    someone.page.screenshot(path=tmp_path / "sent.png")
    assert [int(one.partition("at=")[2]) // waiting.PIECE for one in asked] == [0, 1, 1, 2]
    sent = next((demo_home / "cache" / waiting.FOLDER).glob("*/odm_orthophoto.tif"))
    assert sent.read_bytes() == file.read_bytes()


def test_a_run_shows_its_bar_and_ends(visit, tmp_path):
    someone = visit("agronomist")
    someone.open("runs")
    someone.page.get_by_role("button", name="开始计算").click()
    someone.page.get_by_text(re.compile("每日计算 · (排队中|计算中)")).first.wait_for()
    someone.page.screenshot(path=tmp_path / "running.png")
    someone.page.get_by_text(re.compile("每日计算 · 完成")).first.wait_for(timeout=300_000)
    someone.page.screenshot(path=tmp_path / "done.png")
