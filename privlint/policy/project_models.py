"""What the policy says of the project's own code, in the words of `rules/libraries`, so that the solver sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from privlint.models import CallableModel, Library, SinkModel

if TYPE_CHECKING:
    from privlint.policy.types import Policy


def project_models(policy: Policy) -> list[CallableModel]:
    """Callables of [models] and, for each recipient with `calls`, a sink that sends all arguments to it.

    Hosts need no model: a request's host is matched by `Policy.recipient_for`."""
    own = list(policy.models.callable) if policy.models else []
    for name, recipient in policy.recipients.items():
        if recipient.calls:
            sink = SinkModel(kind=recipient.kind or "service", recipient=name)
            own.append(CallableModel(name=recipient.calls, sink=(sink,)))
    return own


def project_library(policy: Policy) -> Library:
    """All models of the project as one library that any module may meet."""
    models = policy.models
    return Library(
        imports=(),
        callable=tuple(project_models(policy)),
        attribute=models.attribute if models else (),
        field=models.field if models else (),
        type=models.type if models else (),
        handover=models.handover if models else (),
        region=models.region if models else (),
    )
