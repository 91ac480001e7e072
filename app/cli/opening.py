"""The platform that a command works on, and who works; what is heavy is imported when a command is at work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.services.homes import default_home

if TYPE_CHECKING:
    from agro.farm import Viewer
    from app.services.platform import Platform


def existing(home: Path | None) -> Platform:
    """Return the platform in `home` or in the default folder; NotFoundError where there is none."""
    from app.services.platform import existing_platform

    return existing_platform(home or default_home())


def opened(home: Path | None) -> Platform:
    """Return the platform in `home` or in the default folder, made when it is not there."""
    from app.services.platform import open_platform

    return open_platform(home or default_home())


def operator() -> Viewer:
    """Return who sits at the machine itself."""
    from agro.store.rights import OPERATOR

    return OPERATOR
