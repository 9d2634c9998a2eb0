"""Court cases and authorities."""
