"""Crop condition from satellite and drone images; not written yet."""
