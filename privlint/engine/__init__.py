"""From files and a policy to diagnostics. `pipeline` is the one page that shows how."""

from privlint.engine.present import relate_paths
from privlint.engine.progress import Progress
from privlint.engine.run import Outcome, RunOptions, analyse_sources, read_policy, run_program

__all__ = ["Outcome", "Progress", "RunOptions", "analyse_sources", "read_policy", "relate_paths", "run_program"]
