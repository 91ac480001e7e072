import pytest

from agro.protection import counts, samples, template_csv, treatments
from agro.protection.template import EXAMPLES, KINDS

READERS = {"sprays": treatments.read, "counts": counts.read, "traps": counts.read, "samples": samples.read}


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_reads_as_it_is_written(tmp_path, kind):
    path = tmp_path / "template.csv"
    path.write_text(template_csv(kind, plot="东坡", farm="甲园"), encoding="utf-8-sig")
    found = READERS[kind](path)
    assert found.findings == []
    assert len(found.rows) == len(EXAMPLES[kind]) - 1
    assert {(row.farm, row.plot) for row in found.rows} == {("甲园", "东坡")}


def test_the_template_of_traps_is_of_traps(tmp_path):
    path = tmp_path / "template.csv"
    path.write_text(template_csv("traps"), encoding="utf-8-sig")
    assert {row.method for row in counts.read(path).rows} == {"trap"}
