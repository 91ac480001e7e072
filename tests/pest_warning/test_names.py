import pytest

from pest_warning import organism


def words(cell):
    return [word for word in cell.split(";") if word]


def test_every_name_of_the_specification_leads_to_its_organism(table):
    for row in table("pest_names"):
        for name in words(row["names"]):
            assert organism.named(name) == row["key"], name


def test_no_forbidden_name_leads_to_an_organism_that_it_does_not_mean(table):
    for row in table("pest_names"):
        for name in words(row["forbidden"]):
            meant = organism.named(name)
            assert meant is not None, name
            assert meant != row["key"], name


def test_black_dots_and_black_spots_are_two_diseases():
    assert organism.named("黑点病") == "melanose"
    assert organism.named("黑斑病") == organism.named("黑星病") == "black_spot"
    assert organism.named("黑点病") != organism.named("黑斑病")


def test_the_chinese_citrus_fly_is_neither_the_oriental_nor_the_japanese_orange_fly():
    fly = organism.named("大实蝇")
    assert fly == "minax"
    assert organism.named("柑蛆") == fly
    assert organism.named("小实蝇") not in (fly, None)
    assert organism.named("蜜柑大实蝇") != fly


def test_no_name_is_claimed_twice():
    for one in organism.catalogue():
        for name in (one.key, one.name.zh, one.name.en, one.latin, one.eppo, *one.words):
            if name:
                assert organism.named(name) == one.key, name


@pytest.mark.parametrize("written", ["Black Spot", "BLACK-SPOT", "black_spot", "ｂｌａｃｋ　ｓｐｏｔ", " 黑 斑 病 "])
def test_a_name_is_known_however_it_is_spaced_or_cased(written):
    assert organism.named(written) == "black_spot"


def test_a_name_that_nobody_has_leads_nowhere():
    assert organism.named("黑") is None
    assert organism.named("病") is None


def test_a_warning_about_a_name_tells_whose_it_is():
    pitfalls = [(one.key, pitfall) for one in organism.catalogue() for pitfall in one.confused]
    assert pitfalls
    for key, pitfall in pitfalls:
        assert pitfall.organism != key, pitfall.word
        assert organism.named(pitfall.word) in (pitfall.organism or None, None), pitfall.word
        assert pitfall.zh.strip()
        assert pitfall.en.strip()


def test_every_pitfall_of_the_specification_is_warned_of_in_the_file_that_it_threatens(table):
    for row in table("pest_names"):
        warned = {pitfall.word: pitfall for pitfall in organism.load(row["key"]).confused}
        for name in words(row["forbidden"]):
            assert organism.named(name) == warned[name].organism, name
            assert organism.confused(name) is not None, name


def test_melanose_warns_of_the_name_of_black_spot():
    assert "黑斑病" in {pitfall.word for pitfall in organism.load("melanose").confused}


@pytest.mark.parametrize(
    ("written", "genera"),
    [
        ("黑点病", ("Diaporthe", "Phyllosticta")),
        ("褐斑病", ("Alternaria", "Phytophthora")),
        ("炭疽病", ("Colletotrichum", "链格孢")),
        ("溃疡病", ("细菌", "疮痂病")),
    ],
)
def test_a_doubtful_name_is_answered_with_both_diseases_that_it_is_taken_for(written, genera):
    chinese, english = organism.confused(written)
    assert all(genus in chinese for genus in genera)
    assert "please check" in english or "report" in english
