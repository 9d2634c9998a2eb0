"""SARIF 2.1.0, within the limits that GitHub code scanning documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from privlint.diagnostics import Confidence, Diagnostic, Rule, Severity
from privlint.report.closing import close
from privlint.report.json_format import describe_summary
from privlint.report.markup import escape
from privlint.report.options import RuleDoc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from privlint.diagnostics import FlowTrace, Step, Summary
    from privlint.report.options import Options

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST_RESULTS = 25_000
MOST_FLOWS = 3
MOST_STEPS = 100
MOST_TAGS = 10

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
_SCORES = {Severity.ERROR: "7.5", Severity.WARNING: "5.0", Severity.INFO: "2.0"}  # high, medium and low of GitHub
_ABOUT_DATA = ("PRV2", "PRV3", "PRV4", "PRV5", "PRV6")  # the others speak of the policy's text or of the run
_UNSEEN = ("PRV901", "PRV902", "PRV903")
_KINDS = {
    "declaration": "source",
    "read": "acquire",
    "argument": "call",
    "store": "memory",
    "load": "memory",
    "use": "usage",
}

Node = dict[str, Any]


def render(diagnostics: Sequence[Diagnostic], summary: Summary, options: Options) -> str:
    """One run with all findings: the silenced ones with their justification."""
    kept = _keep_gravest(diagnostics)
    docs = _collect_rules(kept, options)
    index = {doc.rule.code: position for position, doc in enumerate(docs)}
    compared = summary.baselined > 0 or any(each.baselined for each in kept)
    driver: Node = {"name": "privlint", "rules": [_describe_rule(doc) for doc in docs]}
    if options.version:
        driver |= {"version": options.version, "semanticVersion": options.version}
    run: Node = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that all paths are relative to."}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": _notify(diagnostics, len(kept), summary, options),
            }
        ],
        "results": [_describe_result(each, index[each.code], compared) for each in kept],
        "properties": {"summary": describe_summary(summary)},
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _keep_gravest(diagnostics: Sequence[Diagnostic]) -> list[Diagnostic]:
    if len(diagnostics) <= MOST_RESULTS:
        return list(diagnostics)
    kept = sorted(diagnostics, key=lambda each: (bool(each.suppressed), each.baselined, -each.severity.rank))
    return sorted(kept[:MOST_RESULTS], key=lambda each: each.sort_key())


def _collect_rules(diagnostics: Sequence[Diagnostic], options: Options) -> list[RuleDoc]:
    """The rules of the options, and those that only a finding names, by code."""
    docs = {each.code: RuleDoc(Rule(each.code, each.name, each.severity, "", each.articles)) for each in diagnostics}
    docs |= {doc.rule.code: doc for doc in options.rules}
    return [docs[code] for code in sorted(docs)]


# --------------------------------------------------------------------------------------------------------------- rules


def _describe_rule(doc: RuleDoc) -> Node:
    rule = doc.rule
    node: Node = {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": f"{rule.code} {rule.name}"},
        "fullDescription": {"text": doc.summary},
        "help": {"text": doc.markdown or doc.summary, "markdown": doc.markdown or doc.summary},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": _rate(rule),
    }
    return node | ({"helpUri": doc.url} if doc.url else {})


def _rate(rule: Rule) -> Node:
    """What GitHub sorts alerts by. `security-severity` alone lifts an alert above its level."""
    about_data = rule.code.startswith(_ABOUT_DATA)
    tags = ["privacy", *(["security", "external/cwe/cwe-359"] if about_data else [])]
    tags += [f"gdpr/art-{article}" for article in rule.articles]
    rating = {
        "tags": tags[:MOST_TAGS],
        "precision": "high" if rule.severity is Severity.ERROR else "medium",
        "problem.severity": _PROBLEMS[rule.severity],
    }
    return rating | ({"security-severity": _SCORES[rule.severity]} if about_data else {})


# ------------------------------------------------------------------------------------------------------------- results


def _describe_result(diagnostic: Diagnostic, rule_index: int, compared: bool) -> Node:
    related = _relate(diagnostic)
    node: Node = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule_index,
        "level": _LEVELS[diagnostic.severity],
        "message": _tell(diagnostic, related),
        "locations": [_locate_finding(diagnostic)],
        "partialFingerprints": {"privlint/v1": diagnostic.fingerprint},
        "properties": _describe_facts(diagnostic),
    }
    if not diagnostic.fingerprint:
        del node["partialFingerprints"]
    if related:
        node["relatedLocations"] = related
    if diagnostic.flows:
        node["codeFlows"] = [_describe_flow(flow) for flow in diagnostic.flows[:MOST_FLOWS]]
    if diagnostic.suppressed:
        kind = "external" if diagnostic.suppressed_in == "policy" else "inSource"
        node["suppressions"] = [{"kind": kind, "status": "accepted", "justification": diagnostic.suppressed}]
    if compared:
        node["baselineState"] = "unchanged" if diagnostic.baselined else "new"
    return node


def _describe_facts(diagnostic: Diagnostic) -> Node:
    names = ("category", "field", "subject", "purpose", "basis", "sink", "recipient", "country", "location", "clause")
    facts: Node = {"confidence": diagnostic.confidence.value}
    facts |= {name: value for name in names if (value := getattr(diagnostic, name))}
    return facts | ({"articles": list(diagnostic.articles)} if diagnostic.articles else {})


def _tell(diagnostic: Diagnostic, related: list[Node]) -> Node:
    """The message with links to the related locations, by their ids."""
    message = diagnostic.message.rstrip(".") + (" (likely)" if diagnostic.confidence is Confidence.LIKELY else "")
    links = [
        f"{_plain(node['message']['text'])}: [{node['physicalLocation']['artifactLocation']['uri']}"
        f":{node['physicalLocation']['region']['startLine']}]({node['id']})"
        for node in related
    ]
    text = ". ".join([message.replace("](", "\\]("), *links])  # else it would read as a link
    told = [". ".join([escape(message), *links]), *(f"**Help:** {escape(each)}" for each in diagnostic.help)]
    return {"text": text, "markdown": "\n\n".join(told)}


def _plain(text: str) -> str:
    """A text in which nothing reads as a link."""
    return text.replace("[", "(").replace("]", ")")


def _relate(diagnostic: Diagnostic) -> list[Node]:
    """Where the field is declared, the policy's line, and the other lines that a finding speaks of."""
    related: list[Node] = []
    if diagnostic.trace:
        related.append(_locate_step(diagnostic.trace[0]) | {"message": {"text": "Declaration"}})
    if diagnostic.policy:
        place = _locate(diagnostic.policy.path, {"startLine": max(diagnostic.policy.line, 1)})
        related.append({"physicalLocation": place, "message": {"text": "Policy"}})
    for each in diagnostic.places:
        place = _locate(each.path, {"startLine": max(each.line, 1)})
        related.append({"physicalLocation": place, "message": {"text": each.text or "See"}})
    return [{"id": number} | node for number, node in enumerate(related, 1)]


def _locate_finding(diagnostic: Diagnostic) -> Node:
    region = _describe_region(diagnostic.line, diagnostic.column, diagnostic.end_line, diagnostic.end_column)
    place = _locate(diagnostic.path, region)
    if diagnostic.frame and diagnostic.frame[1] and diagnostic.frame[0] >= 1:
        first, lines = diagnostic.frame
        text = "".join(line.rstrip("\r\n") + "\n" for line in lines)
        place["contextRegion"] = {"startLine": first, "endLine": first + len(lines) - 1, "snippet": {"text": text}}
    return {"physicalLocation": place} | _name_function(diagnostic.function)


def _locate_step(step: Step) -> Node:
    region = _describe_region(step.line, step.column, step.end_line, step.end_column)
    return {"physicalLocation": _locate(step.path, region)} | _name_function(step.function)


def _locate(path: str, region: Node) -> Node:
    return {
        "artifactLocation": {"uri": quote(path, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"},
        "region": region,
    }


def _describe_region(line: int, column: int, end_line: int, end_column: int) -> Node:
    """Ends that are not known (0) or lie before the start are left out."""
    region = {"startLine": max(line, 1), "startColumn": max(column, 1)}
    if (end_line, end_column) > (line, column) and end_column >= 1:
        region |= {"endLine": end_line, "endColumn": end_column}
    return region


def _name_function(function: str) -> Node:
    return {"logicalLocations": [{"fullyQualifiedName": function}]} if function else {}


# --------------------------------------------------------------------------------------------------------------- flows


def _describe_flow(flow: FlowTrace) -> Node:
    """A code flow of one thread; a very long one loses its middle, and says so at the step after it."""
    steps = list(zip(flow.trace, _measure_depths(flow.trace), range(1, len(flow.trace) + 1), strict=True))
    missing = len(steps) - MOST_STEPS
    locations = [_describe_step(*step) for step in steps]
    if missing > 0:
        half = MOST_STEPS // 2
        after = locations[half + missing]
        message = after["location"]["message"]
        message["text"] = f"({missing} steps left out) {message['text']}"
        locations = [*locations[:half], *locations[half + missing :]]
    return {
        "message": {"text": f"{flow.category}: {flow.field}"},
        "threadFlows": [{"locations": locations}],
    }


def _describe_step(step: Step, depth: int, order: int) -> Node:
    return {
        "location": _locate_step(step) | {"message": {"text": step.message or step.kind}},
        "kinds": [_KINDS.get(step.kind, step.kind)],
        "nestingLevel": depth,
        "executionOrder": order,
        "importance": "essential" if step.kind in {"declaration", "sink"} else "important",
    }


def _measure_depths(steps: Sequence[Step]) -> list[int]:
    """The depth of calls at each step. A way that begins deep and returns starts above 0."""
    depths: list[int] = []
    depth = 0
    for step in steps:
        depth -= step.kind == "return"
        depths.append(depth)
        depth += step.kind in {"call", "argument"}
    least = min(depths, default=0)
    return [each - least for each in depths]


# ------------------------------------------------------------------------------------------------------- notifications


def _notify(diagnostics: Sequence[Diagnostic], kept: int, summary: Summary, options: Options) -> list[Node]:
    """What a reader must know before trusting the results: unseen files, an empty run, results left out."""
    notes: list[Node] = [
        {
            "descriptor": {"id": each.code},
            "level": _LEVELS[each.severity],
            "message": {"text": each.message},
            "locations": [_locate_finding(each)],
        }
        for each in diagnostics
        if each.code in _UNSEEN
    ]
    doubts = list(close(diagnostics, summary, options).warnings)
    if kept < len(diagnostics):
        doubts.append(f"{len(diagnostics) - kept} results, the least grave, are left out: a file holds {MOST_RESULTS}")
    return [*notes, *({"level": "warning", "message": {"text": text}} for text in doubts)]
