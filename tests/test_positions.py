"""Our walk over a tree tells the same places as LibCST's own provider."""

from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest
from libcst.metadata import MetadataWrapper, PositionProvider

import privlint
from privlint.frontend.positions import spans_of

OWN = sorted(Path(privlint.__file__).parent.rglob("*.py"))
ODD = '''
@decorated ( 1 )  # comment
async def f(a, /, *b : int, c=  2, ** d) -> None:
\t"""text
    of two lines"""
\tif (a  # why
\t    ) : x = ( yield ), [ *b ]; del x
\telse :
\t\treturn f"{ a !r:>{c}}" f'b' if not ( a  and b ) else lambda q : q
'''


@pytest.mark.parametrize("text", [ODD, *(path.read_text() for path in OWN[:: len(OWN) // 12])])
def test_the_same_places_as_libcst(text: str) -> None:
    module = cst.parse_module(text)
    spans = spans_of(module)
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    wanted = {
        id(node): (starts[found.start.line - 1] + found.start.column, starts[found.end.line - 1] + found.end.column)
        for node, found in ranges.items()
        if node is not module
    }
    assert {key: span for key, span in spans.items() if key != id(module)} == wanted
