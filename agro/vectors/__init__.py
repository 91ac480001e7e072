"""Plot outlines and official boundaries: read from the files people have, repaired, drawn, written."""

from agro.vectors.boundaries import read_boundaries
from agro.vectors.drawing import plot_from_pin, plot_from_ring
from agro.vectors.reading import outside, read_plots
from agro.vectors.writing import write_kml, write_plots

__all__ = ["outside", "plot_from_pin", "plot_from_ring", "read_boundaries", "read_plots", "write_kml", "write_plots"]
