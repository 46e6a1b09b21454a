"""Cases and their items, who is granted them, and the one door through which anybody reads them."""
