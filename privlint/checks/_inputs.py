"""What checks judge the findings by."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from privlint.diagnostics import Severity
from privlint.knowledge.hosts import HostIndex
from privlint.models import Law

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Iterator

    from privlint.analysis.flow import Findings, Flow, PurposeUse, ServiceStart, Sink
    from privlint.diagnostics import Diagnostic
    from privlint.models import Jurisdictions, Recipient, Taxonomy
    from privlint.policy import tables
    from privlint.policy.types import Policy

    Check: TypeAlias = Callable[[Findings, "CheckInput"], Iterator[Diagnostic]]


class CheckInput(msgspec.Struct, frozen=True, dict=True):
    """`catalogue`: services by id; `today`: the day by which dates of the law and of the policy are judged."""

    policy: Policy
    jurisdictions: Jurisdictions
    taxonomy: Taxonomy
    catalogue: dict[str, Recipient]
    today: datetime.date

    @property
    def law(self) -> Law:
        return law_of(self.policy, self.jurisdictions)

    @cached_property
    def hosts(self) -> HostIndex:
        return HostIndex(self.catalogue, {})

    @cached_property
    def _targets(self) -> dict[tuple[str, str, str, str], Target]:
        return {}

    def target(self, at: Sink | ServiceStart) -> Target:
        """To whom data goes there, and whether the policy knows them."""
        host: str = getattr(at, "host", "")  # of a sink; a service that starts has none
        key = (at.recipient, at.callable, host, getattr(at, "library", ""))
        found = self._targets.get(key)
        if found is None:
            found = self._targets[key] = _find_target(self, *key)
        return found

    def recipient(self, name: str) -> Target:
        """A recipient of the policy or of the catalogue, or a host, by its name."""
        return _find_target(self, name, "", "", "")

    def purposes(self, flow: Flow) -> tuple[PurposeUse, ...]:
        """What the flow is judged for: the purpose of its whole kind of sink, else those of its code."""
        of_kind = self.policy.sink_purpose(flow.sink.kind)
        if not of_kind:
            return flow.purposes
        return (msgspec.structs.replace(flow.purposes[0], name=of_kind, declared_by="sink"),)

    def unsaid(self, severity: Severity) -> Severity:
        """The severity of a finding that only rests on what the policy does not say (`unlisted`)."""
        return Severity.WARNING if self.policy.policy.unlisted == "warn" else severity


def law_of(policy: Policy, jurisdictions: Jurisdictions) -> Law:
    """The law of the policy's home."""
    home = policy.policy.home
    return jurisdictions.laws.get(home) or Law(home, home, "Art. ")


class Target(msgspec.Struct, frozen=True):
    """A recipient. `name`: the policy's name for it, else the catalogue's id, else the host; "" if there is none.
    `own`: the policy's entry for it, `service`: the catalogue's. `label`: how people call it."""

    name: str = ""
    own: tables.Recipient | None = None
    service: Recipient | None = None
    label: str = ""


def _find_target(context: CheckInput, recipient: str, callable_name: str, host: str, library: str) -> Target:
    by_host = context.hosts.recipient(host) if host else ""
    service = context.catalogue.get(recipient) or context.catalogue.get(by_host)
    known = recipient or (service.id if service else "")
    own = context.policy.recipient_for(recipient=known, callable=callable_name, host=host, library=library)
    if own is not None:
        service = context.catalogue.get(own.service or own.key) or service
        return Target(own.key, own, service, own.label or (service.name if service else own.key))
    return Target(known or host, None, service, service.name if service else known or host)
