"""Typed records: indexes, lowered units and places by the content of their file, and whole runs by everything."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from privlint.diagnostics import Diagnostic, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from privlint.cache.store import Store
    from privlint.ir import ModuleIndex, Place, UnitIR

    Located: TypeAlias = tuple[Place, str]
    """Where a syntax node stands, and its source with white space normalised."""

T = TypeVar("T")


class StoredRun(msgspec.Struct):
    """What a run found, before anything that only the command line decides. Paths are relative to the project root.
    `unresolved`: (path, line, callee) of calls that personal data goes into and that lead nowhere."""

    diagnostics: list[Diagnostic]
    summary: Summary
    unresolved: list[tuple[str, int, str]] = []


class Records:
    """What the store holds, by content hash. `tool` is the key of the Python and the privlint that made it.

    A record that cannot be decoded is dropped and counts as missing."""

    def __init__(self, store: Store, tool: bytes) -> None:
        self._store = store
        self._tool = tool
        self._pack = msgspec.msgpack.Encoder()

    # ---------------------------------------------------------------- files

    def load_indexes(self, contents: Iterable[bytes]) -> dict[bytes, ModuleIndex]:
        """Indexes by content hash, of those that are known."""
        keys = {self._key("index", content): content for content in contents}
        found: dict[bytes, ModuleIndex] = {}
        for key, value in self._store.get(keys).items():
            index = self._decode(key, value, self._indexes)
            if index is not None:
                found[keys[key]] = index
        return found

    def keep_indexes(self, encoded: Mapping[bytes, bytes]) -> None:
        """Indexes by content hash, as `encode` made them."""
        self._store.put({self._key("index", content): value for content, value in encoded.items()})

    def save(self) -> None:
        """Writes what is kept so far, so that it need not be held in memory."""
        self._store.save()

    def load_units(self, content: bytes) -> dict[str, bytes]:
        """All lowered units of a file, by "qualified name#ordinal", still encoded."""
        return {name: bytes(raw) for name, raw in (self._load("units", content, self._raw) or {}).items()}

    def keep_units(self, content: bytes, units: Mapping[str, bytes]) -> None:
        """Replaces the units of a file."""
        self._keep("units", content, {name: msgspec.Raw(value) for name, value in sorted(units.items())})

    def load_places(self, content: bytes) -> dict[str, dict[int, Located]]:
        """Places and sources of ordinals by "qualified name#ordinal" of the unit."""
        return self._load("places", content, self._places) or {}

    def keep_places(self, content: bytes, places: Mapping[str, Mapping[int, Located]]) -> None:
        self._keep("places", content, places)

    # ---------------------------------------------------------------- runs

    def load_run(self, key: bytes) -> StoredRun | None:
        return self._load("run", key, self._runs)

    def keep_run(self, key: bytes, run: StoredRun) -> None:
        self._keep("run", key, run)

    def load_inputs(self, key: bytes) -> list[str]:
        """Files beside the Python ones that a run of this policy reads, relative to the project root."""
        return self._load("inputs", key, self._names) or []

    def keep_inputs(self, key: bytes, names: list[str]) -> None:
        self._keep("inputs", key, names)

    def load_analysis(self, basis: bytes, kind: type[T]) -> T | None:
        """What the last analysis of a policy found and saw."""
        return self._load("analysis", basis, msgspec.msgpack.Decoder(kind))

    def keep_analysis(self, basis: bytes, kept: msgspec.Struct) -> None:
        self._keep("analysis", basis, kept)

    # ---------------------------------------------------------------- coding

    def decode_index(self, encoded: bytes) -> ModuleIndex:
        return self._indexes.decode(encoded)

    def decode_unit(self, encoded: bytes) -> UnitIR:
        """Raises msgspec.MsgspecError for a record of another layout."""
        return self._units.decode(encoded)

    @cached_property
    def _indexes(self) -> msgspec.msgpack.Decoder[ModuleIndex]:
        from privlint.ir import ModuleIndex

        return msgspec.msgpack.Decoder(ModuleIndex)

    @cached_property
    def _units(self) -> msgspec.msgpack.Decoder[UnitIR]:
        from privlint.ir import UnitIR

        return msgspec.msgpack.Decoder(UnitIR)

    @cached_property
    def _places(self) -> msgspec.msgpack.Decoder[dict[str, dict[int, Located]]]:
        from privlint.ir import Place

        return msgspec.msgpack.Decoder(dict[str, dict[int, tuple[Place, str]]])

    @cached_property
    def _raw(self) -> msgspec.msgpack.Decoder[dict[str, msgspec.Raw]]:
        return msgspec.msgpack.Decoder(dict[str, msgspec.Raw])

    @cached_property
    def _runs(self) -> msgspec.msgpack.Decoder[StoredRun]:
        return msgspec.msgpack.Decoder(StoredRun)

    @cached_property
    def _names(self) -> msgspec.msgpack.Decoder[list[str]]:
        return msgspec.msgpack.Decoder(list[str])

    def _key(self, kind: str, content: bytes) -> bytes:
        return hashlib.blake2b(kind.encode() + b"\0" + content, digest_size=16, key=self._tool).digest()

    def _load(self, kind: str, content: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
        key = self._key(kind, content)
        value = self._store.get([key]).get(key)
        return None if value is None else self._decode(key, value, decoder)

    def _decode(self, key: bytes, value: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
        try:
            return decoder.decode(value)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._store.drop(key)
            return None

    def _keep(self, kind: str, content: bytes, value: Any) -> None:
        self._store.put({self._key(kind, content): self._pack.encode(value)})
