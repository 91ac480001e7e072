"""Where a platform lives when nobody says; a module without heavy imports, for quick commands."""

import os
from pathlib import Path


def default_home() -> Path:
    """Return the folder named by CITRUS_HOME, or `citrus-home` in the user's own folder."""
    return Path(os.environ.get("CITRUS_HOME") or Path.home() / "citrus-home")
