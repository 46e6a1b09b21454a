"""Pages of cases, items and shares."""
