"""What a record depends on beside the files: the Python that parses and the privlint that decides."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from pathlib import Path

from privlint import __version__

INSTALLED = {"site-packages", "dist-packages"}


@lru_cache(maxsize=1)
def tool_key() -> bytes:
    """16 bytes. An installed privlint is known by its version; one in development by its sources and rules."""
    digest = hashlib.blake2b(f"{__version__}\0{sys.version}".encode(), digest_size=16)
    package = Path(__file__).resolve().parent.parent
    if not INSTALLED.intersection(package.parts):
        for folder in (package, package.parent / "rules"):
            for path in sorted(folder.rglob("*")):
                if path.suffix in {".py", ".toml", ".md"}:
                    digest.update(path.read_bytes())
    return digest.digest()
