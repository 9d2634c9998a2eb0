"""The index of every file: from the cache, or made by workers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from privlint.ir import ModuleIndex, Problem

if TYPE_CHECKING:
    from privlint.cache import Records
    from privlint.engine.progress import Progress
    from privlint.engine.sources import Sources
    from privlint.engine.workers import Workers

# Below this many bytes of source, starting processes takes longer than they save.
PARALLEL_BYTES = 4_000_000
BATCH_BYTES = 400_000


def index_files(sources: Sources, records: Records, workers: Workers, progress: Progress) -> dict[str, ModuleIndex]:
    """Index by path, in the order of paths."""
    known = records.load_indexes(set(sources.hashes.values()))
    missing: dict[bytes, str] = {}
    for path in sources.paths:
        content = sources.hashes.get(path)
        if content is not None and content not in known:
            missing.setdefault(content, path)
    known.update(_index_missing(sources, missing, records, workers, progress))
    found: dict[str, ModuleIndex] = {}
    for path in sources.paths:
        if path in sources.unreadable:
            problem = Problem("PRV902", f"the file cannot be read: {sources.unreadable[path]}")
            found[path] = ModuleIndex(lines=0, problems=[problem])
        else:
            found[path] = known[sources.hashes[path]]
    return found


def _index_missing(
    sources: Sources, missing: dict[bytes, str], records: Records, workers: Workers, progress: Progress
) -> dict[bytes, ModuleIndex]:
    """Index by content hash. Files of one content are read once."""
    found: dict[bytes, ModuleIndex] = {}
    encoded: dict[bytes, bytes] = {}
    batches = _batch(sources, missing)
    total = sum(len(content) for batch in batches for content in batch)
    keys = iter(missing)
    with progress.stage("indexing", len(missing)) as advance:
        for results in workers.map(index_batch, batches, parallel=total > PARALLEL_BYTES):
            for result in results:
                key = next(keys)
                encoded[key] = result
                found[key] = records.decode_index(result)
            advance(len(results))
    records.keep_indexes(encoded)
    records.save()
    return found


def _batch(sources: Sources, missing: dict[bytes, str]) -> list[list[bytes]]:
    """Contents in order, gathered until each batch is worth sending."""
    batches: list[list[bytes]] = []
    size = BATCH_BYTES
    for path in missing.values():
        content = sources.content(path)
        if size >= BATCH_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(content)
        size += len(content)
    return batches


def index_batch(contents: list[bytes]) -> list[bytes]:
    """What a worker does: the encoded index of each content."""
    from privlint.frontend.index import index_source

    encoder = msgspec.msgpack.Encoder()
    return [encoder.encode(index_source(content)) for content in contents]
