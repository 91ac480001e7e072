"""What machines, tiles and simple browsers ask for; the same services and the same rights as the pages."""
