"""Pest and disease warning: organisms as files, hours and populations compiled, outlooks with their doubt.

It works alone: `pest_warning.season` reads a table of hours. The platform's run goes through `pest_warning.warning`.
"""

from pest_warning.season import season

__all__ = ["season"]
