"""Rows of a list of requests, as each reader may see them."""
