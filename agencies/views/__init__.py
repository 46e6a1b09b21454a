"""Pages of agencies and their people, one file a concern."""
