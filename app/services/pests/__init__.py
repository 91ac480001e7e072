"""Pest and disease warning on the platform: what is computed, kept, scored, said and recorded."""
