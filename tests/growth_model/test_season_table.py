import pytest

from tests.growth_model import season_table


def test_the_page_of_the_season_tells_what_the_engine_gives_today():
    assert season_table.PAGE.read_text(encoding="utf-8") == season_table.page(), (
        "run python -m tests.growth_model.season_table"
    )


def test_without_other_processes_the_season_is_the_prototype_s():
    alone = next(iter(season_table.table().values()))
    for name, within in {"diameter_120": 0.1, "diameter_180": 0.1, "tss_225": 0.03, "ta_225": 0.03}.items():
        assert alone[name] == pytest.approx(season_table.PROTOTYPE[name], abs=within)
