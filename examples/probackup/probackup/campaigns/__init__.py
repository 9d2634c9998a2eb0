"""Messages that promote the service."""
