"""People whose services we may need one day."""
