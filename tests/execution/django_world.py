"""A world in which cases that are written for Django run: settings, a database in memory, rows, requests, pages.

Nothing here is imported unless a case asks for Django and Django is installed.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import inspect
import itertools
import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.execution.markers import Markers, texts_in
from tests.execution.project import Project, evaluate

KEY = 1


def django(name: str) -> Any:
    """A module of Django's, which need not be installed where this file is read."""
    return importlib.import_module(f"django.{name}")


_SENT_ALONG = {"REMOTE_ADDR": "technical.ip_address", "HTTP_USER_AGENT": "technical.user_agent"}
_APPS = ("contenttypes", "auth", "sessions", "messages")


def begin(files: dict[str, str]) -> None:
    """Sets Django up for the packages of a case that have models; before any module of the case is imported."""
    settings = django("conf").settings

    apps = sorted({Path(path).parts[0] for path in files if path.endswith("models.py") and "/" in path})
    told: dict[str, Any] = {}
    for path, text in files.items():
        if Path(path).name == "settings.py":
            exec(compile(text, path, "exec"), told)
    settings.configure(
        **{
            "SECRET_KEY": "none",
            "ALLOWED_HOSTS": ["*"],
            "INSTALLED_APPS": [*(f"django.contrib.{app}" for app in _APPS), *apps],
            "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
            "TEMPLATES": [{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            "EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend",
            "SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies",
            "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
            "ROOT_URLCONF": types.ModuleType("no_urls"),
            "USE_TZ": True,
            **_users(files),
            **{name: value for name, value in told.items() if name.isupper() and name != "INSTALLED_APPS"},
        }
    )
    settings.ROOT_URLCONF.urlpatterns = []
    django("apps").apps.populate(settings.INSTALLED_APPS)
    _show_all()


def _users(files: dict[str, str]) -> dict[str, str]:
    """The user model, where a case has one of its own and does not say so."""
    for path, text in files.items():
        found = re.search(r"^class (\w+)\(.*\bAbstract(?:Base)?User\b", text, re.MULTILINE)
        if found and path.endswith("/models.py"):
            return {"AUTH_USER_MODEL": f"{Path(path).parts[0]}.{found[1]}"}
    return {}


def _show_all() -> None:
    """No case has its templates with it: a page shows whatever its context holds."""
    loader, response = django("template.loader"), django("template.response")

    def get(*_: object, **__: object) -> Any:
        return _Page()

    for module in (loader, response):
        vars(module).update(get_template=get, select_template=get)
    _check_by_themselves()


def _check_by_themselves() -> None:
    """A case may leave out `is_valid()`, without which a form has no cleaned data."""

    def look_up(form: Any, name: str) -> Any:
        if name != "cleaned_data" or form.__dict__.get("checked"):
            raise AttributeError(name)
        form.__dict__["checked"] = True
        form.is_valid()
        return form.cleaned_data

    django("forms").BaseForm.__getattr__ = look_up


class _Page:
    def render(self, context: Any = None, request: object = None) -> str:
        values = {name: value for name, value in dict(context or {}).items() if name not in ("view", "request")}
        return "\n".join(texts_in({name: list(rows(value)) for name, value in values.items()}))


def rows(value: Any) -> Iterator[object]:
    """What a page can show of a value: of a query its rows, of a form what its fields hold."""
    if hasattr(value, "iterator") and hasattr(value, "query"):
        yield from value
    elif hasattr(value, "cleaned_data") or hasattr(value, "initial"):
        yield from (getattr(value, name, None) for name in ("cleaned_data", "initial", "data", "instance"))
    else:
        yield value


class World:
    """The rows of a case and what requests of its views hold."""

    def __init__(self, project: Project, markers: Markers) -> None:
        self.project = project
        self.markers = markers
        self.made: dict[Any, Any] = {}
        self.told = dict(_told(project))  # what a case looks rows up by (`plan="pro"`)
        self.turn = 0
        self.first = True

    def fill(self) -> None:
        """Makes the tables and a row in each."""
        apps, database = django("apps").apps, django("db")

        wanted = [model for model in apps.get_models() if not model._meta.proxy]
        with database.connection.schema_editor() as editor:
            for model in wanted:
                with contextlib.suppress(Exception):
                    editor.create_model(model)
        for model in wanted:
            if model.__module__ in self.project.modules and issubclass(model, database.models.Model):
                with contextlib.suppress(Exception):
                    self.row(model)
                with contextlib.suppress(Exception):
                    self._another(model)

    def row(self, model: Any, depth: int = 0, key: int = KEY) -> Any:
        """The row of a model, its declared fields marked; what it relates to is made first."""
        if model in self.made:
            return self.made[model]
        values: dict[str, Any] = {}
        for field in model._meta.concrete_fields:
            if field.primary_key and not field.remote_field:
                values[field.name] = key
            elif field.remote_field:
                values[field.name] = self._related(field, depth)
            else:
                values[field.name] = self._value(model, field)
        made = model(**{name: value for name, value in values.items() if value is not None})
        self.made[model] = made
        made.save(force_insert=True)
        for relation in model._meta.many_to_many:
            with contextlib.suppress(Exception):
                getattr(made, relation.name).add(self.row(relation.remote_field.model, depth + 1))
        return made

    def _another(self, model: Any) -> None:
        """A second row, which is not what the case looks for by constants."""
        other = type(self)(self.project, self.markers)
        other.told, other.made, other.first = {}, dict(self.made), False
        other.made.pop(model, None)
        other.row(model, key=KEY + 1)

    def _related(self, field: Any, depth: int) -> Any:
        known = self.made.get(field.remote_field.model)
        return known if known is not None or depth > 4 else self.row(field.remote_field.model, depth + 1)

    def _value(self, model: Any, field: Any) -> Any:
        category = self.project.fields(model).get(field.name, "")
        if category and field.get_internal_type() not in ("IntegerField", "BooleanField", "DateField"):
            return self.markers.text(category)
        kind = field.get_internal_type()
        if kind == "BooleanField":
            return self.first
        if field.has_default() or field.null:
            return None if field.null else field.get_default()
        if kind in ("DateTimeField", "DateField", "TimeField"):
            import datetime

            moment = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
            return {"DateField": moment.date(), "TimeField": moment.time()}.get(kind, moment)
        if kind.endswith(("IntegerField", "DecimalField", "FloatField")):
            return self.markers.number(category) if category else 1
        return self.told.get(field.name, "plain")

    # ------------------------------------------------------------------------------------------------------- requests

    def user(self) -> Any:
        return self.row(django("contrib.auth").get_user_model())

    def request(self, method: str = "") -> Any:
        """A request of the user, with the texts that forms of the case ask for, and what its middleware puts there."""

        self.turn += 1
        method = method or ("post", "get")[self.turn % 2]
        request: Any = getattr(django("test").RequestFactory(), method)("/", self.sent())
        request.GET = self.data()
        request.session = {}
        for name, category in _SENT_ALONG.items():
            if category in self.markers.letters:
                request.META[name] = self.markers.text(category)
        with contextlib.suppress(Exception):
            request.user = self.user()
        request._messages = django("contrib.messages.storage.fallback").FallbackStorage(request)
        for middleware in self._middlewares():
            with contextlib.suppress(Exception):
                middleware(lambda _: None)(request)
        for name, model in self._named():
            if not hasattr(request, name):
                with contextlib.suppress(Exception):
                    setattr(request, name, self.row(model))
        return request

    def _named(self) -> Iterator[tuple[str, Any]]:
        return ((model.__name__.lower(), model) for model in list(self.made))

    def _middlewares(self) -> Iterator[Callable[..., Any]]:
        for module in self.project.modules.values():
            for value in list(vars(module).values()):
                if inspect.isfunction(value) and list(inspect.signature(value).parameters) == ["get_response"]:
                    yield value

    def sent(self) -> dict[str, Any]:
        """What a browser sends: under each name that a form or a model of the case has, a fitting value; a formset's
        numbers beside them."""
        sent: dict[str, Any] = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0"}
        for owner in self.project.classes():
            if not issubclass(owner, django("forms").BaseForm):
                continue
            declared = self.project.fields(owner)
            model = getattr(getattr(owner, "_meta", None), "model", None)
            declared = {**(self.project.fields(model) if model else {}), **declared}
            for name in getattr(owner, "base_fields", {}):
                category = declared.get(name, "")
                value = self.markers.text(category) if category else str(KEY)
                sent[name] = sent[f"form-0-{name}"] = value
        for model in self.made:
            sent.setdefault(model.__name__.lower(), str(KEY))
            for field in model._meta.concrete_fields:
                value = str(KEY) if field.remote_field else self._value(model, field)
                if value is not None and not field.primary_key:
                    sent.setdefault(field.name, value)
                    sent.setdefault(f"form-0-{field.name}", value)
        return sent

    def data(self) -> Any:
        data = django("http").QueryDict(mutable=True)
        data.update(self.sent())
        return data

    def instance(self, owner: Any) -> Any:
        """An object of a class of Django's; None for a class of another kind."""
        if issubclass(owner, django("db").models.Model):
            row = self.row(owner)
            return owner._base_manager.get(pk=row.pk)
        if issubclass(owner, django("http").HttpRequest):
            return self.request()
        if issubclass(owner, django("views").View):
            view = owner()
            view.setup(self.request(), pk=KEY)
            return view
        if issubclass(owner, django("forms").BaseForm):
            form = owner(self.data())
            form.is_valid()
            return form
        return None

    def routes(self) -> None:
        """Asks for every page that the routes of the case name."""
        pending = [entry for module in self.project.modules.values() for entry in vars(module).get("urlpatterns", ())]
        while pending:
            entry = pending.pop()
            pending += getattr(entry, "url_patterns", ())
            if callback := getattr(entry, "callback", None):
                for name in ({"pk": KEY}, {}):
                    with contextlib.suppress(Exception):
                        callback(self.request(), **name)

    def visit(self, owner: Any) -> None:
        """Asks a view for its page, in each way that it answers."""
        if not (isinstance(owner, type) and issubclass(owner, django("views").View)):
            return
        view: Any = owner
        for method in ("get", "post", "put"):
            if hasattr(owner, method):
                named = inspect.signature(getattr(owner, method)).parameters
                kwargs = {"pk": KEY} if "pk" in named or "kwargs" in named else {}
                response = view.as_view()(self.request(method), **kwargs)
                if hasattr(response, "render"):
                    response.render()

    def argument(self, name: str, hint: object) -> Any:
        """The value of a parameter without a type that Django, or its routes, would fill; None for any other."""
        if name == "request":
            return self.request()
        if name in ("pk", "id", "key"):
            return KEY
        if name == "form":
            return next(self._forms(), None)
        for model in list(self.made):
            if name == model.__name__.lower() and evaluate(hint, model) is inspect.Parameter.empty:
                return model._base_manager.get(pk=KEY)
        return None

    def _forms(self) -> Iterator[Any]:
        for owner in self.project.classes():
            if issubclass(owner, django("forms").BaseForm):
                with contextlib.suppress(Exception):
                    yield self.instance(owner)


def _told(project: Project) -> Iterator[tuple[str, str]]:
    for tree in project.sources.values():
        for node in ast.walk(tree):
            if not isinstance(node, ast.keyword) or not node.arg or not isinstance(node.value, ast.Constant):
                continue
            if isinstance(node.value.value, str):
                yield node.arg.partition("__")[0], node.value.value


def asks_for(files: dict[str, str]) -> bool:
    return any(line.startswith(("from django", "import django")) for line in itertools.chain(*_lines(files)))


def _lines(files: dict[str, str]) -> Iterator[list[str]]:
    return (text.splitlines() for path, text in files.items() if path.endswith(".py"))
