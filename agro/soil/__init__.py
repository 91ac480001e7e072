"""Soil water of an orchard: what the soil holds, what runs off the slope, what the trees take up."""
