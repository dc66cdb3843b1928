"""The library: readers that make sources out of files and pastes, and the shelves that keep them."""
