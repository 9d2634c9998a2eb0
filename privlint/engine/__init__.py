"""From files and a policy to diagnostics. `pipeline` is the one page that shows how."""

from privlint.engine.run import Outcome, RunOptions, analyse_sources, run_program

__all__ = ["Outcome", "RunOptions", "analyse_sources", "run_program"]
