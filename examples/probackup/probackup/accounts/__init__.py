"""Accounts of customers: opening, correcting, preferences."""
