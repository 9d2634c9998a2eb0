"""PRV108: the policy names code, data, recipients or purposes that the program does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.checks._diagnose import diagnose_policy
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.names import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from privlint.analysis.flow import Findings
    from privlint.checks._inputs import CheckInput
    from privlint.policy.tables import Recipient

RULE = Rule("PRV108", "stale-policy", Severity.WARNING, "0.1.0", ("GDPR Art. 5(1)(b)-(c)", "GDPR Art. 30(1)"))


def check(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    names = _Names(found)
    for keys, pattern in _patterns(context):
        if not names.any_match(pattern):
            place = context.policy.place(*keys)
            yield diagnose_policy(
                RULE,
                place,
                f"[{keys[0]}] names `{pattern}`, and nothing in the code has that name",
                help=("Correct the name, or drop the entry if the code is gone.",),
                key=".".join((*keys, pattern)),
            )
    yield from _unmet_recipients(found, context)
    yield from _unmet_purposes(found, context, names)


class _Names:
    """Every name of the program, asked by pattern."""

    def __init__(self, found: Findings) -> None:
        self._names = sorted(found.names | {declaration.name for declaration in found.declarations})
        self._with_parents = frozenset(part for name in self._names for part in (name, *_parents(name)))

    def any_match(self, pattern: str) -> bool:
        if "*" not in pattern:
            return pattern in self._with_parents
        compiled = compile_pattern(pattern)
        return any(compiled.fullmatch(name) for name in self._names)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts))]


def _patterns(context: CheckInput) -> Iterator[tuple[tuple[str, ...], str]]:
    """Key path and pattern of every entry that names code."""
    policy = context.policy
    for pattern in policy.code:
        yield ("code", pattern), pattern
    for name in policy.data:
        yield ("data", name), name
    for table, entries in (("guards", policy.guards), ("enforced_by", policy.enforced_by)):
        for key, patterns in entries.items():
            for pattern in patterns:
                yield (table, key), pattern


def _unmet_recipients(found: Findings, context: CheckInput) -> Iterator[Diagnostic]:
    """Recipients that code could show and does not. One that nothing in code can show is left alone."""
    met = {context.target(flow.sink).name for flow in found.flows}
    met |= {context.target(start).name for start in found.services}
    for name, own in context.policy.recipients.items():
        if is_visible(own, context) and name not in met:
            yield diagnose_policy(
                RULE,
                context.policy.place("recipients", name),
                f"the policy names the recipient `{name}`, and no personal data was found on its way there",
                help=("Drop it if the service is no longer used, or correct `domains`, `packages` or `calls`.",),
                key=f"recipients.{name}",
            )


def is_visible(own: Recipient, context: CheckInput) -> bool:
    """Whether there is anything by which code could show that it sends data to the recipient."""
    named = bool(own.domains or own.packages or own.imports or own.calls)
    return named or (own.service or own.key) in context.catalogue


def _unmet_purposes(found: Findings, context: CheckInput, names: _Names) -> Iterator[Diagnostic]:
    """Purposes that no code serves."""
    policy = context.policy
    served = {use.name for flow in found.flows for use in flow.purposes}
    served |= {use.name for read in found.reads for use in read.purposes}
    served |= {purpose for pattern, purpose in policy.code.items() if names.any_match(pattern)}
    served |= {rule.purpose for rule in policy.sinks.values()}
    for name in policy.purposes:
        if name not in served:
            yield diagnose_policy(
                RULE,
                policy.place("purposes", name),
                f"the policy names the purpose `{name}`, and no code that handles personal data serves it",
                help=(f'Map the code that does: `"package.module" = "{name}"` in [code].',),
                key=f"purposes.{name}",
            )
