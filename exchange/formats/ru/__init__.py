"""How dates read where Django's own formats are not the house's."""
