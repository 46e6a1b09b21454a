"""How statements are planned. How long they take is told by `make bench`."""
