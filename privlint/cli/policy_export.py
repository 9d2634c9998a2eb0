"""What `privlint policy export` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.cli.output import write_file, write_stdout
from privlint.cli.policy_check import load_valid
from privlint.knowledge.load import load_jurisdictions
from privlint.report.interchange import write_dpv, write_fides

if TYPE_CHECKING:
    from pathlib import Path

WRITERS = {"dpv": write_dpv, "fides": write_fides}


def export_policy(path: Path, form: str, output: Path | None) -> int:
    """Always 0; raises CannotDo for a policy that is not valid."""
    text = WRITERS[form](load_valid(path)[1], load_jurisdictions())
    if output is not None:
        write_file(output, text)
    else:
        write_stdout(text, utf8=True)
    return 0
