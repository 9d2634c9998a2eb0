"""What a run leaves for the next one: records keyed by content, in a format that runs nothing when it is read.

A cache only ever saves time: whatever is wrong with it, the run goes on without it and says so in a note.
"""

from privlint.cache.folder import CacheError, TrackedCacheError, cache_folder, clean, prepare
from privlint.cache.hashes import Hashes, combine, hash_content
from privlint.cache.records import Records, StoredRun
from privlint.cache.store import Store
from privlint.cache.version import tool_key

__all__ = [
    "CacheError",
    "Hashes",
    "Records",
    "Store",
    "StoredRun",
    "TrackedCacheError",
    "cache_folder",
    "clean",
    "combine",
    "hash_content",
    "prepare",
    "tool_key",
]
