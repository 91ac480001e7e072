"""Parts of pages: each owns its widget, its key and its empty case."""
