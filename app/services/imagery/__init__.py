"""Pictures from above and what they say of the trees: brought in, judged, walked to, shown and written out."""
