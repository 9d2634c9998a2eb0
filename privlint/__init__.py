"""privlint: does the code do what the privacy policy says?"""

from privlint.annotations import Personal, data_subject, purpose, sanitizes

__version__ = "0.1.0"
__all__ = ["Personal", "data_subject", "purpose", "sanitizes"]
