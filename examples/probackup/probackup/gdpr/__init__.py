"""The rights of the people whose data we have."""
