"""One small, invented county: terrain, orchards and weather from a seed. Everything here is synthetic."""

SEED = 20260920
"""The seed of the county that `citrus demo` shows."""
