"""What became of an import."""

from dataclasses import dataclass, field
from typing import Any

from agro.farm import Finding


@dataclass
class Report:
    """Counts of what was stored, and what the person should know."""

    kind: str
    counts: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
