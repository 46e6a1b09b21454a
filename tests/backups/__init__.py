"""Backups, and what can be brought back of them."""
