"""What application code imports: markers that cost nothing at run time.

Nothing is imported here, so that `import privlint` adds this module and the package and no other.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import TypeVar

    T = TypeVar("T")


class Personal:
    """Marks a field, parameter, variable or return value as personal data: `Annotated[str, Personal("contact.email")]`.

    `category` is a dotted name of the taxonomy or of the policy; `subject` says who the data is about, `role` is
    "processor" for data that a customer controls.
    """

    __slots__ = ("category", "role", "subject")

    def __init__(self, category: str, *, subject: "str | None" = None, role: "str | None" = None) -> None:
        self.category = category
        self.subject = subject
        self.role = role

    def __repr__(self) -> str:
        return f"Personal({self.category!r})"


class purpose:  # noqa: N801 - reads as a decorator and as a block
    """Says what code is for: a decorator, which returns the function or class unchanged, or a `with` block."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, target: "T") -> "T":
        return target

    def __enter__(self) -> "purpose":
        return self

    def __exit__(
        self,
        kind: "type[BaseException] | None",
        error: "BaseException | None",
        traceback: "TracebackType | None",
    ) -> None:
        return None


def data_subject(name: str) -> "Callable[[T], T]":
    """Class decorator: whose data the fields of the class are. Returns the class unchanged."""

    def mark(target: "T") -> "T":
        return target

    return mark


def sanitizes(*categories: str) -> "Callable[[T], T]":
    """Function decorator: the result does not carry these categories (none named: it carries no category at all)."""

    def mark(target: "T") -> "T":
        return target

    return mark
