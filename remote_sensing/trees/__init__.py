"""Single trees from drone pictures: crowns, gaps, vigour, and a number that each tree keeps."""
