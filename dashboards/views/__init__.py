"""The pages: layout and nothing else, one file a page."""
