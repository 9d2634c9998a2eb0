"""Country codes and names, from `rules/countries.toml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from privlint.policy.names import suggest

AREAS = ("EEA", "EU")


class Countries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`countries`: ISO code to name. `hints`: what people write instead, in upper case, to the code."""

    countries: dict[str, str]
    hints: dict[str, str]

    def suggest(self, text: str) -> str:
        """The code that was perhaps meant, as a hint, or ""."""
        code = self.hints.get(text.upper()) or self.code_of_name(text)
        if not code and text.upper() in self.countries:
            code = text.upper()
        if code:
            return f'did you mean "{code}" ({self.countries[code]})?'
        named = suggest(text, self.countries.values()) if len(text) > 3 else ""
        return named or "write a code of two letters as in ISO 3166, such as DE or US"

    def code_of_name(self, name: str) -> str:
        return next((code for code, known in self.countries.items() if known.lower() == name.lower()), "")


@lru_cache(maxsize=1)
def load_countries() -> Countries:
    """The shipped list: inside an installed package, beside it in an editable install."""
    package = Path(__file__).parent.parent
    shipped = package / "_rules" / "countries.toml"
    path = shipped if shipped.is_file() else package.parent / "rules" / "countries.toml"
    return msgspec.convert(tomli_loads(path), Countries)


def tomli_loads(path: Path) -> dict[str, object]:
    import tomli

    return tomli.loads(path.read_text(encoding="utf-8"))
