"""Live updates for the pages: one socket a page, with only what it shows, at most four times a second."""
