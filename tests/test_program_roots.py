"""Import roots and module names."""

from __future__ import annotations

import pytest

from privlint.analysis.program import find_roots
from tests.linking import link, means


@pytest.mark.parametrize(
    ("paths", "roots"),
    [
        (["app.py", "lib.py"], [""]),
        (["acme/__init__.py", "acme/models/__init__.py"], [""]),
        (["src/acme/__init__.py", "tests/test_x.py"], ["", "src"]),
        (["src/acme/jobs/purge.py"], ["", "src"]),
        (["web/manage.py", "web/shop/__init__.py"], ["", "web"]),
        (["a/b/pkg/__init__.py", "a/b/pkg/sub/__init__.py"], ["", "a/b"]),
        (["pkg/__init__.py", "pkg/src/x.py", "pkg/data/inner/__init__.py"], [""]),
    ],
)
def test_roots_are_found_from_paths(paths: list[str], roots: list[str]) -> None:
    assert find_roots(paths) == roots
    assert find_roots(reversed(paths)) == roots


def names(*paths: str, **texts: str) -> list[str]:
    return sorted(link({path: texts.get(path, "") for path in paths}).modules)


def test_names_start_from_the_deepest_root() -> None:
    assert names("src/acme/__init__.py", "src/acme/models.py") == ["acme", "acme.models"]
    assert names("web/manage.py", "web/shop/__init__.py", "web/shop/views.py") == ["manage", "shop", "shop.views"]
    assert names("acme/__main__.py", "acme/__init__.py") == ["acme", "acme.__main__"]


def test_names_of_files_that_are_no_identifiers_stay() -> None:
    assert names("app.py", "pages/1_Patients.py") == ["app", "pages.1_Patients"]


def test_a_folder_of_scripts_is_named_from_above_and_imports_its_siblings() -> None:
    program = link(
        {
            "tools/nightly.py": "import common\nfrom common import run",
            "tools/common.py": "def run(): ...",
            "jobs/common.py": "def other(): ...",
            "jobs/go.py": "from common import other",
        }
    )
    assert sorted(program.modules) == ["jobs.common", "jobs.go", "tools.common", "tools.nightly"]
    assert means(program, "tools.nightly", "run") == "function tools.common:run"
    assert means(program, "tools.nightly", "common") == "module tools.common"
    assert means(program, "jobs.go", "other") == "function jobs.common:other"
    assert program.module_named("nightly") == "tools.nightly"
    assert program.by_path["tools/common.py"] == "tools.common"


def test_parts_of_a_namespace_package_are_named_as_they_are_imported() -> None:
    program = link(
        {
            "acme/core/__init__.py": "",
            "acme/core/models.py": "class User: ...",
            "acme/web/__init__.py": "from acme.core.models import User",
            "acme/web/views.py": "import acme.core.models\nimport acme",
        }
    )
    assert "acme.core.models" in program.modules
    assert means(program, "acme.web", "User") == "class acme.core.models.User"
    assert means(program, "acme.web.views", "acme.core.models.User") == "class acme.core.models.User"
    assert means(program, "acme.web.views", "acme") == "module acme"


def test_a_root_that_the_project_imports_through_is_none() -> None:
    program = link({"src/__init__.py": "", "src/app.py": "x = 1", "main.py": "from src.app import x"})
    assert means(program, "main", "x") == "variable src.app:x"
    program = link({"src/acme/a.py": "x = 1", "src/acme/b.py": "from acme.a import x"})
    assert means(program, "acme.b", "x") == "variable acme.a:x"


def test_two_projects_with_equal_names_are_kept_apart() -> None:
    program = link(
        {
            "one/manage.py": "from app.models import A",
            "one/app/__init__.py": "",
            "one/app/models.py": "class A: ...",
            "two/manage.py": "from app.models import B",
            "two/app/__init__.py": "",
            "two/app/models.py": "class B: ...",
        }
    )
    assert {m.path for m in program.modules.values()} == {
        f"{p}/{f}.py" for p in ("one", "two") for f in ("manage", "app/__init__", "app/models")
    }
    assert means(program, "manage", "A") == "class app.models.A"
    assert means(program, "two.manage", "B") == "class two.app.models.B"


def test_a_manage_script_inside_a_package_makes_a_root_if_imports_start_there() -> None:
    files = {
        "site/__init__.py": "",
        "site/manage.py": "",
        "site/shop/__init__.py": "",
        "site/shop/models.py": "class A: ...",
    }
    short = link({**files, "site/shop/views.py": "from shop.models import A"})
    assert means(short, "site.shop.views", "A") == "class site.shop.models.A"
    assert short.module_named("shop.models") == "site.shop.models"
    long = link({**files, "site/shop/views.py": "from site.shop.models import A"})
    assert means(long, "site.shop.views", "A") == "class site.shop.models.A"


def test_a_project_root_that_is_a_package_itself() -> None:
    program = link(
        {"__init__.py": "from .models import User", "models.py": "class User: ...", "v.py": "from . import models"}
    )
    assert means(program, "__init__", "User") == "class models.User"
    assert means(program, "v", "models.User") == "class models.User"


def test_a_module_of_the_package_does_not_hide_a_library_of_its_name() -> None:
    program = link(
        {
            "app/__init__.py": "",
            "app/utils/redis.py": "x = 1",
            "app/utils/telemetry/__init__.py": "",
            "app/utils/telemetry/tracing.py": "from redis import Redis",
        }
    )
    assert means(program, "app.utils.telemetry.tracing", "Redis") == "external redis.Redis"


def test_names_do_not_depend_on_the_order_of_files() -> None:
    files = {"b/x.py": "import y", "b/y.py": "", "a/x/__init__.py": "", "a/x/z.py": "from x import z", "manage.py": ""}
    first = link(files)
    second = link(dict(reversed(files.items())))
    assert first.layout.name_of == second.layout.name_of
    assert list(first.modules) == list(second.modules)
