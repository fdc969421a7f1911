"""Talk to people: one file for each group of commands."""
