"""The shape of what is typed about cases, items and shares."""
