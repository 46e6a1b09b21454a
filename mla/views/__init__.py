"""Pages of requests, one file a concern."""
