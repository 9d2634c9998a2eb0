"""Which programs a run is about: their policies, roots, settings and files."""

from privlint.project.find import Program, Project, find_programs
from privlint.project.problem import ProjectError
from privlint.project.settings import Settings, load_settings

__all__ = ["Program", "Project", "ProjectError", "Settings", "find_programs", "load_settings"]
