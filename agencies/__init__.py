"""States, their agencies, who works there and in which role."""
