"""Teach the crown model that comes with the package, from the teaching half of the labelled pictures.

Run it from the top of the repository, about ten minutes on one core:
`python -m tests.real.teach_crowns FOLDER_OF_REAL_DATA`.
"""

import sys
from pathlib import Path

from remote_sensing.trees import learned
from tests.real.street_trees import CELL, halves, read


def taught(tiles, watch=None) -> learned.CrownModel:
    """Return the model of the teaching half of `tiles`."""
    teaching, _ = halves(tiles)
    return learned.train([one.rgb for one in teaching], [one.points for one in teaching], CELL, seed=0, watch=watch)


if __name__ == "__main__":
    tiles = read(Path(sys.argv[1]))
    taught(tiles, lambda share: print(f"\r{share:.0%}", end="", flush=True)).save(learned.STREET_TREES)
