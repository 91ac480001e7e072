"""What would come of watering, feeding, thinning, shading or pruning: one plot's season run again in a moment."""

from app.services.what_if.deeds import Deed, table
from app.services.what_if.season import Effect, WhatIf, compared, what_if
from app.services.what_if.sentences import notable, sentences, told
from app.services.what_if.suggested import suggested

__all__ = ["Deed", "Effect", "WhatIf", "compared", "notable", "sentences", "suggested", "table", "told", "what_if"]
