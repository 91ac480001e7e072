"""The weather of a place: read, checked, split into hours, turned into evapotranspiration and into an ensemble."""
