"""Both readers of the index see the same, on real code; and what only LibCST can read."""

from __future__ import annotations

import ast
import importlib.util
import sys
import warnings
from pathlib import Path
from textwrap import dedent

import libcst
import msgspec
import pytest

from privlint.frontend.index import decode_source, find_comments, index_source
from privlint.frontend.index_ast import Indexer
from privlint.frontend.index_cst import comments_with_libcst, parse_with_libcst
from privlint.ir import ModuleIndex, Problem

STANDARD = [
    "abc", "argparse", "ast", "asyncio.base_events", "asyncio.tasks", "bdb", "calendar", "codecs", "collections",
    "concurrent.futures.process", "configparser", "contextlib", "csv", "dataclasses", "datetime", "decimal", "doctest",
    "email.message", "enum", "fractions", "functools", "gettext", "html.parser", "http.client", "http.cookiejar",
    "inspect", "json.decoder", "locale", "logging", "logging.config", "mailbox", "optparse", "pathlib", "pickle",
    "platform", "plistlib", "pstats", "random", "selectors", "shutil", "smtplib", "socketserver", "ssl", "statistics",
    "string", "subprocess", "tarfile", "tempfile", "textwrap", "threading", "tokenize", "traceback", "types", "typing",
    "unittest.case", "unittest.mock", "urllib.request", "uuid", "weakref", "xml.dom.minidom", "xml.etree.ElementTree",
    "xmlrpc.client", "zipfile",
]  # fmt: skip
INSTALLED = sorted(Path(libcst.__file__).parent.glob("*.py")) + sorted(Path(libcst.__file__).parent.glob("_nodes/*.py"))


def standard_files() -> list[Path]:
    specs = [importlib.util.find_spec(name) for name in STANDARD]
    return [Path(spec.origin) for spec in specs if spec is not None and spec.origin and spec.origin.endswith(".py")]


def read_by_libcst(text: str) -> ModuleIndex:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = parse_with_libcst(text)
    assert not isinstance(tree, Problem), tree
    return Indexer(lambda _line, offset: offset + 1).run(tree)


@pytest.mark.parametrize("path", [*standard_files(), *INSTALLED], ids=lambda path: path.stem)
def test_both_readers_see_the_same(path: Path) -> None:
    source = path.read_bytes()
    text = decode_source(source)
    assert isinstance(text, str)
    first, second = index_source(source), read_by_libcst(text)
    assert first.problems == []
    for name in first.__struct_fields__:
        if name not in ("lines", "comments"):
            assert getattr(first, name) == getattr(second, name), name


def test_there_is_real_code_to_compare() -> None:
    assert len(standard_files()) > 50
    assert len(INSTALLED) > 10


NEWER = """
type Email[T] = Annotated[str, Personal("contact.email")]

class Box[T]:
    item: Email
    def get(self) -> T:
        return self.item  # privlint: contact.email

def show(user):
    return f"{user.names["first"]} {', '.join(f"{x!r}" for x in user.all())}"
"""


def test_newer_syntax_is_read_by_libcst() -> None:
    found = index_source(NEWER.encode())
    assert found.problems == []
    assert [(f.qualname, f.line, f.end_line) for f in found.functions] == [("Box.get", 6, 7), ("show", 9, 10)]
    assert [(f.owner, f.name) for f in found.fields] == [("", "Email"), ("Box", "item")]
    assert [(a.receiver, a.name) for a in found.attributes if a.unit == "show"] == [("user", "names")]
    assert [(c.receiver, c.callee) for c in found.calls if c.unit == "show"] == [('""', "join"), ("user", "all")]
    assert [(c.line, c.text) for c in found.comments] == [(7, "contact.email")]


def test_files_that_nobody_reads_keep_the_place_of_the_first_error() -> None:
    found = index_source(b"type X = int\n\ndef f(:\n    pass\n")
    assert [p.code for p in found.problems] == ["PRV901"]


def test_libcst_is_imported_only_where_it_is_needed() -> None:
    import subprocess

    code = (
        "import sys; from privlint.frontend.index import index_source;"
        "index_source(b'x = 1  # privlint: a.b'); assert 'libcst' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("deep", ["-" * 20_000 + "1", "(" * 5000 + "1" + ")" * 5000, "a" + ".b()" * 20_000])
def test_deep_nesting_does_not_end_the_process(deep: str) -> None:
    text = f"lazy import os\nx = {deep}\n"  # no Python parses it that runs privlint: the second reader is asked
    assert [p.code for p in index_source(text.encode()).problems] == ["PRV903"]


def test_comments_are_found_by_both_readers() -> None:
    text = dedent(
        """\
        a = 1  # privlint: x.y
        # privlint: purpose=z
        b = '# privlint: no'
        """
    )
    found = find_comments(text)
    assert [(c.line, c.column) for c in found] == [(1, 8), (2, 1)]
    assert [(line, offset + 1) for _, line, offset in comments_with_libcst(text)] == [(1, 8), (2, 1)]


def test_the_second_reader_is_used_after_the_first_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "class A:\n    x: int = f(1)\n    def m(self): return self.x\n"
    direct = index_source(text.encode())

    parse = ast.parse

    def refuse(source: str, mode: str = "exec") -> object:
        if mode == "exec":
            raise SyntaxError("not this one")
        return parse(source, mode=mode)

    monkeypatch.setattr(ast, "parse", refuse)
    assert msgspec.structs.asdict(index_source(text.encode())) == msgspec.structs.asdict(direct)
