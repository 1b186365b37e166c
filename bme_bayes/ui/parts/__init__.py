"""Parts of the explorer: each draws one area of the page from the state."""
