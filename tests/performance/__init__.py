"""How many queries a page takes and how they are planned. How long they take is told by `make bench`."""
