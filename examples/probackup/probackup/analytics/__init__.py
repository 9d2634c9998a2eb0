"""How the product is used."""
