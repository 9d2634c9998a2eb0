"""Payments and bookkeeping."""
