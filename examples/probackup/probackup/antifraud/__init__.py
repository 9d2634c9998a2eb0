"""Keeping fraud out."""
