"""What became of an import."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agro.errors import ConflictError, InputError
from agro.farm import Finding

SHOWN = 8  # names that a warning lists


@dataclass
class Report:
    """Counts of what was stored, and what the person should know."""

    kind: str
    counts: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)


@contextmanager
def blaming(path: Path) -> Iterator[None]:
    """Put the file's name before a refusal that does not name it."""
    try:
        yield
    except (InputError, ConflictError) as error:
        if path.name in str(error):
            raise
        raise type(error)(f"{path.name}: {error}", zh=f"{path.name}：{error.zh}") from error


def outside_warning(plots: list[str]) -> list[Finding]:
    """Return the warning of plots that the elevation model does not hold; none when it holds them all."""
    if not plots:
        return []
    told, more = "、".join(plots[:SHOWN]), f" (+{len(plots) - SHOWN})" if len(plots) > SHOWN else ""
    return [
        Finding(
            "warning",
            f"outside the elevation model, no outlook for: {told}{more}",
            f"在高程数据范围之外，无法预报：{told}{more}",
        )
    ]
