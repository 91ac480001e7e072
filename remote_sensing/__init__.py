"""Crop condition from satellite and drone pictures: scenes, masks, light, indices, series, areas of poor growth, trees."""
