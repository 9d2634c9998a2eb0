"""The policy in the words of others: W3C DPV as JSON-LD, and Fides' fideslang as YAML. For export only: what the policy
gives no term for has the term of what stands above it, or keeps its own name, and nothing is guessed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from privlint.policy.draft_fides import SPECIAL_BASES
from privlint.policy.transfers import facts_of, outside_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from privlint.models import Jurisdictions
    from privlint.policy.tables import Basis, Purpose
    from privlint.policy.types import Policy

Node = dict[str, Any]

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
}
# Of no law in particular, for a home outside of the GDPR.
DPV_GENERAL_BASES = {
    "consent": "dpv:Consent",
    "contract": "dpv:Contract",
    "legal_obligation": "dpv:LegalObligation",
    "vital_interests": "dpv:VitalInterest",
    "public_task": "dpv:PublicInterest",
    "legitimate_interest": "dpv:LegitimateInterest",
}
DPV_BASES = {
    "consent": "eu-gdpr:A6-1-a",
    "contract": "eu-gdpr:A6-1-b",
    "legal_obligation": "eu-gdpr:A6-1-c",
    "vital_interests": "eu-gdpr:A6-1-d",
    "public_task": "eu-gdpr:A6-1-e",
    "legitimate_interest": "eu-gdpr:A6-1-f",
}
DPV_ROLES = {
    "processor": "dpv:DataProcessor",
    "controller": "dpv:DataController",
    "joint": "dpv:JointDataControllers",
    "joint_controller": "dpv:JointDataControllers",
    "authority": "dpv:Authority",
}
FIDES_BASES = {
    "consent": "Consent",
    "contract": "Contract",
    "legal_obligation": "Legal obligations",
    "vital_interests": "Vital interests",
    "public_task": "Public interest",
    "legitimate_interest": "Legitimate interests",
}


# ---------------------------------------------------------------- DPV


def write_dpv(policy: Policy, jurisdictions: Jurisdictions) -> str:  # noqa: ARG001 - one signature for both
    """JSON-LD: one process for each purpose and basis."""
    graph: list[Node] = [_controller(policy)]
    graph += [_dpv_recipient(policy, name) for name in policy.recipients]
    for name, purpose in policy.purposes.items():
        graph += [_process(policy, name, purpose, number) for number in range(max(len(purpose.basis), 1))]
    document = {"@context": CONTEXT, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _controller(policy: Policy) -> Node:
    controller = policy.controller
    return _filled(
        {"@id": "#controller", "@type": "dpv:DataController", "dpv:hasName": controller.name if controller else ""}
    )


def _dpv_recipient(policy: Policy, name: str) -> Node:
    recipient = policy.recipients[name]
    role = policy.role_of(recipient)
    return _filled(
        {
            "@id": f"#recipient-{_key(name)}",
            "@type": ["dpv:Recipient", *([DPV_ROLES[role]] if role else [])],
            "dpv:hasName": recipient.label or name,
            "dpv:hasCountry": recipient.country,
            "dpv:hasLocation": list(recipient.location),
        }
    )


def _process(policy: Policy, name: str, purpose: Purpose, number: int) -> Node:
    basis = purpose.basis[number] if purpose.basis else None
    kept = policy.retention_of(name, basis) if basis else None
    bases = DPV_BASES if policy.policy.home == "EEA" else DPV_GENERAL_BASES
    data = (_term(policy, each, "iri") or f"#data-{_key(each)}" for each in _data(policy, purpose))
    return _filled(
        {
            "@id": f"#process-{_key(name)}-{number + 1}",
            "@type": "dpv:Process",
            "dct:title": purpose.label or name,
            "dpv:hasDataController": {"@id": "#controller"},
            "dpv:hasPurpose": _nodes(purpose.dpv or (f"#purpose-{_key(name)}",)),
            "dpv:hasPersonalData": _nodes(data),
            "dpv:hasDataSubject": _nodes(_terms(policy, _people(policy, purpose, basis), "dpv")),
            "dpv:hasLegalBasis": {"@id": bases[basis.kind]} if basis else "",
            "dpv:hasRecipient": _nodes(f"#recipient-{_key(each)}" for each in policy.recipients_for(name)),
            "dpv:hasStorageCondition": kept[1].keep if kept else "",
        }
    )


def _nodes(terms: Iterable[str]) -> list[Node]:
    """Terms as references; a name of the policy's own, which has no term, lies in the document."""
    return [{"@id": term if ":" in term or term.startswith("#") else f"#{_key(term)}"} for term in dict.fromkeys(terms)]


# ---------------------------------------------------------------- Fides


def write_fides(policy: Policy, jurisdictions: Jurisdictions) -> str:
    """YAML: one system with a declaration for each purpose and basis, and the names that Fides does not know."""
    controller = policy.controller
    name = controller.name if controller else policy.policy.name
    abroad = any(outside_of(policy, jurisdictions, facts_of(each)) for each in policy.recipients.values())
    system = _filled(
        {
            "fides_key": _key(name or "system"),
            "name": name,
            "legal_name": controller.name if controller else "",
            "system_type": "Service",
            "does_international_transfers": abroad,
            "legal_address": controller.address if controller else "",
            "privacy_declarations": [
                _declaration(policy, key, purpose, basis)
                for key, purpose in policy.purposes.items()
                for basis in (purpose.basis or (None,))
            ],
        }
    )
    tables = {"system": [system], **_own_names(policy)}
    return "".join(f"{line}\n" for line in _yaml(tables, 0))


def _own_names(policy: Policy) -> dict[str, list[Node]]:
    """Names that are used and have no term of Fides, as Fides defines names."""
    data = {
        _key(each): policy.category(each).label or each for each in _all_data(policy) if not _fides_data(policy, each)
    }
    people = {name: each.label or name for name, each in policy.subjects.items() if not each.fides}
    uses = {_key(name): each.label or name for name, each in policy.purposes.items() if not each.fides}
    tables = {"data_category": data, "data_subject": people, "data_use": uses}
    return {
        table: [{"fides_key": key, "name": label} for key, label in names.items()]
        for table, names in tables.items()
        if names
    }


def _all_data(policy: Policy) -> list[str]:
    return list(dict.fromkeys(each for purpose in policy.purposes.values() for each in _data(policy, purpose)))


def _fides_data(policy: Policy, name: str) -> str:
    return _term(policy, name, "fides")


def _declaration(policy: Policy, name: str, purpose: Purpose, basis: Basis | None) -> Node:
    kept = policy.retention_of(name, basis) if basis else None
    shared = policy.recipients_for(name)
    kind = f" ({basis.kind.replace('_', ' ')})" if basis else ""
    return _filled(
        {
            "name": f"{purpose.label or name}{kind}",
            "data_categories": list(
                dict.fromkeys(_fides_data(policy, each) or _key(each) for each in _data(policy, purpose))
            ),
            "data_use": purpose.fides[0] if purpose.fides else _key(name),
            "data_subjects": _terms(policy, _people(policy, purpose, basis), "fides"),
            "legal_basis_for_processing": FIDES_BASES[basis.kind] if basis else "",
            "processes_special_category_data": any(map(policy.special, _data(policy, purpose))) or None,
            "special_category_legal_basis": _fides_special(basis) if basis else "",
            "retention_period": kept[1].keep if kept else "",
            "data_shared_with_third_parties": bool(shared),
            "third_parties": ", ".join(policy.recipients[each].label or each for each in shared),
        }
    )


def _fides_special(basis: Basis) -> str:
    """What Fides calls the condition of Art. 9(2); "" if the policy states none, or several."""
    named = re.findall(r"9\(2\)\([a-j]\)", basis.article9)
    return next((name for name, article in SPECIAL_BASES.items() if [article] == named), "")


# ---------------------------------------------------------------- shared


def _data(policy: Policy, purpose: Purpose) -> tuple[str, ...]:
    return tuple(name for name in policy.expand(purpose.categories) if name != "*")


def _term(policy: Policy, name: str, vocabulary: str) -> str:
    """The term of a category, else that of the nearest one above it."""
    while name:
        term: str = getattr(policy.category(name), vocabulary)
        if term:
            return term
        name = name.rpartition(".")[0]
    return ""


def _people(policy: Policy, purpose: Purpose, basis: Basis | None) -> tuple[str, ...]:
    named = (basis.subjects if basis else ()) or purpose.subjects
    return tuple(policy.subjects) if not named or "*" in named else named


def _terms(policy: Policy, names: Iterable[str], vocabulary: str) -> list[str]:
    """The terms of a vocabulary for people, or their own names where the policy gives none."""
    found: list[str] = []
    for name in names:
        subject = policy.subjects.get(name)
        found += (getattr(subject, vocabulary) if subject else ()) or (name,)
    return list(dict.fromkeys(found))


def _key(name: str) -> str:
    """A name as an identifier of others may be written."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_").lower() or "x"


def _filled(node: Node) -> Node:
    """Without what nothing is stated for."""
    return {key: value for key, value in node.items() if value not in ("", [], None)}


def _yaml(value: object, depth: int) -> list[str]:
    """Nested lists and mappings as lines of YAML; scalars are written as JSON, which YAML reads."""
    indent = "  " * depth
    if isinstance(value, dict):
        lines: list[str] = []
        for key, item in value.items():
            nested = isinstance(item, (dict, list)) and item
            lines += [f"{indent}{key}:", *_yaml(item, depth + 1)] if nested else [f"{indent}{key}: {_scalar(item)}"]
        return lines
    if isinstance(value, list):
        lines = []
        for item in value:
            first, *rest = _yaml(item, depth + 1)
            lines += [f"{indent}- {first.lstrip()}", *rest]
        return lines
    return [f"{indent}{_scalar(value)}"]


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
