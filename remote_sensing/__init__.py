"""Crop condition from pictures taken from above: scenes, masks, light, indices, series, weak growth, trees, walks."""
