"""Pest and disease warning; its organisms and engines are not written yet."""
