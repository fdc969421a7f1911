"""Backups: one file with all that a house needs to come back, verified before it is trusted."""
