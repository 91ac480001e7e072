"""What the platform does for people; each call takes a `Viewer` first and decides rights at this door."""
