"""Which programs a run is about: their policies, roots, settings and files."""

from privlint.project.files import compile_patterns
from privlint.project.find import Program, Project, find_policy, find_programs, lies_in, prefix_of
from privlint.project.problem import ProjectError, show
from privlint.project.settings import Settings, load_settings

__all__ = [
    "Program",
    "Project",
    "ProjectError",
    "Settings",
    "compile_patterns",
    "find_policy",
    "find_programs",
    "lies_in",
    "load_settings",
    "prefix_of",
    "show",
]
