"""What we buy, and from whom."""
