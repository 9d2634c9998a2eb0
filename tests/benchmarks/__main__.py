"""Speed and memory on real applications, against a saved baseline and, if it is installed, against bandit.

    pip download --no-deps --dest wheels pretix django-oscar indico
    (unpack each wheel into APPS/<name with underscores>)
    python -m tests.benchmarks APPS [--write] [--sweep] [--double]

Every figure is that of whole processes as the operating system accounts for them: CPU seconds of the command and its
workers, peak memory of the largest process. The baseline is `baseline.json` beside this file; `--write` replaces it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
POLICIES = HERE / "policies"
APPLICATIONS = (("pretix", 12), ("django_oscar", 12), ("indico", 12))
SWEEP = (("pretix", 12), ("pretix", 50), ("pretix", 70))


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("apps", type=Path, help="folder with one unpacked application per sub-folder")
    parser.add_argument("--write", action="store_true", help="save the figures as the baseline")
    parser.add_argument("--sweep", action="store_true", help="pretix with 12, 50 and 70 declared fields")
    parser.add_argument("--double", action="store_true", help="all applications together, once and twice")
    arguments = parser.parse_args()
    figures: dict[str, dict[str, float]] = {}
    for name, fields in SWEEP if arguments.sweep else APPLICATIONS:
        with tempfile.TemporaryDirectory() as folder:
            root = lay_out(Path(folder), [arguments.apps / name], f"{name}-{fields}.toml")
            figures[f"{name}-{fields}"] = application(root, with_bandit=not arguments.sweep)
    if arguments.double:
        figures.update(doubled(arguments.apps))
    report(figures)
    if arguments.write:
        known = json.loads(baseline().read_text()) if baseline().exists() else {}
        baseline().write_text(json.dumps({**known, **figures}, indent=2, sort_keys=True) + "\n")


def baseline() -> Path:
    return HERE / "baseline.json"


def lay_out(folder: Path, applications: list[Path], policy: str) -> Path:
    """A project with these applications and one of the policies."""
    for number, application_folder in enumerate(applications):
        target = folder / f"part{number}" if len(applications) > 1 else folder
        shutil.copytree(application_folder, target, dirs_exist_ok=True)
    shutil.copy(POLICIES / policy, folder / "privlint.toml")
    return folder


def application(root: Path, *, with_bandit: bool) -> dict[str, float]:
    check = [sys.executable, "-m", "privlint", "check", str(root), "--output-format", "json", "--fail-on", "never"]
    found = inside(root)
    cold = timed(check)
    found |= {"cold_cpu_s": cold["cpu_s"], "cold_wall_s": cold["wall_s"], "peak_mb": cold["peak_mb"]}
    warm = timed(check)
    found |= {"warm_cpu_s": warm["cpu_s"], "warm_wall_s": warm["wall_s"]}
    changed = next(iter(sorted(root.rglob("models/*.py"))), None) or next(iter(sorted(root.rglob("*.py"))))
    changed.write_bytes(changed.read_bytes() + b"\n# changed\n")  # nothing that the analysis could see
    found["one_commented_cpu_s"] = timed(check)["cpu_s"]
    changed.write_bytes(changed.read_bytes() + b"\ndef changed(user):\n    return user.email\n")
    found["one_changed_cpu_s"] = timed(check)["cpu_s"]
    if with_bandit and shutil.which("bandit"):
        bandit = timed(["bandit", "-r", str(root), "-q", "-f", "json", "-o", os.devnull])["cpu_s"]
        found |= {"bandit_cpu_s": bandit, "ratio_to_bandit": round(found["cold_cpu_s"] / bandit, 2)}
    return found


def inside(root: Path) -> dict[str, float]:
    """What the analysis counts, from a process of its own without workers and cache."""
    command = [sys.executable, "-m", "tests.benchmarks.inside", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {key: float(value) for key, value in json.loads(done.stdout).items()}


def timed(command: list[str]) -> dict[str, float]:
    """CPU and wall seconds, and peak memory in MB, of a command with its children."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = 0  # it was waited for already
    cpu = used.ru_utime + used.ru_stime
    return {"cpu_s": round(cpu, 2), "wall_s": round(wall, 2), "peak_mb": round(used.ru_maxrss / 1024)}


def doubled(apps: Path) -> dict[str, dict[str, float]]:
    """All applications as one project, and two copies of them: is the cost linear?"""
    found = {}
    parts = [apps / name for name, _ in APPLICATIONS]
    for times in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            root = lay_out(Path(folder), parts * times, "pretix-12.toml")
            found[f"together-x{times}"] = timed(
                [sys.executable, "-m", "privlint", "check", str(root), "--output-format", "json", "--fail-on", "never"]
            )
    return found


def report(figures: dict[str, dict[str, float]]) -> None:
    known = json.loads(baseline().read_text()) if baseline().exists() else {}
    for name, measured in figures.items():
        print(f"{name}")
        for key, value in measured.items():
            last = known.get(name, {}).get(key)
            print(f"  {key:24} {value:>12g}" + (f"   (baseline {last:g})" if last is not None else ""))


if __name__ == "__main__":
    main()
