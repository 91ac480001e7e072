"""Stages, fruit size, sugar and acid of citrus, from weather and terrain."""
