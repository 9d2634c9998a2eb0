"""What `privlint policy accept` does: it writes the lock of sentences, and says what is accepted by that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from privlint.cli.output import CannotDo, write_file, write_stdout
from privlint.cli.policy_check import load_valid
from privlint.policy.load import lock_of
from privlint.policy.lock import Drift, compare, section_of, tell_change, text_of, write_lock
from privlint.policy.sentences import sentences
from privlint.project import show

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.policy.lock import Accepted
    from privlint.policy.sentences import Sentence


class _Text(msgspec.Struct):
    """A published text: its policy file, its name, what was accepted of it, and its sentences now."""

    file: Path
    name: str
    accepted: tuple[Accepted, ...] | None
    sentences: list[Sentence]


def accept_text(paths: tuple[Path, ...], *, quiet: bool) -> int:
    """Accepts the texts of all policies; nothing is written if one of them cannot be read."""
    for text in [_read(path) for path in paths or (Path(),)]:
        lock = lock_of(text.file)
        write_file(lock, write_lock(text.name, text.sentences))
        if not quiet:
            drift = compare(text.accepted or (), text.sentences)
            closing = f"{show(lock)}: {len(text.sentences)} sentences of {text.name} are accepted"
            lines = [*_tell(drift, first=text.accepted is None), closing]
            write_stdout("".join(f"{line}\n" for line in lines), utf8=False)
    return 0


def _read(path: Path) -> _Text:
    file, policy = load_valid(path)
    if policy.prose_text is None:
        raise CannotDo(f'{show(file)}: it names no published text; write `prose = "PRIVACY.md"` under [policy]')
    return _Text(file, policy.policy.prose, policy.accepted, sentences(policy.prose_text, policy.prose_lines))


def _tell(drift: Drift, *, first: bool) -> Iterator[str]:
    for was, now in drift.changed:
        yield f"changed  {_section(now)}{tell_change(was.text, text_of(now))}"
    for was, now in drift.moved:
        yield f"moved    {_section(now)}{now.text}  (was under {was.section})"
    for lost in drift.lost:
        yield f"gone     {lost.section}: {lost.text}"
    for new in drift.new:
        yield f"{'accepted' if first else 'new'}{' ' * (1 if first else 6)}{_section(new)}{new.text}"


def _section(sentence: Sentence) -> str:
    section = section_of(sentence)
    return f"{section}: " if section else ""
