"""Diagnostics made by hand, which between them show everything that a report can print."""

from __future__ import annotations

from privlint.diagnostics import (
    Confidence,
    Diagnostic,
    FlowTrace,
    PolicyPlace,
    Rule,
    Severity,
    Step,
    Summary,
)
from privlint.report import RuleDoc

PAGE = """# PRV403 unsafeguarded-transfer

Personal data goes to a country outside of the home area,
and the policy names no safeguard for it.

## Flagged: no safeguard

```py
client.send(user.email)
```
"""

RULES = (
    RuleDoc(
        Rule("PRV403", "unsafeguarded-transfer", Severity.ERROR, "0.1.0", ("44", "46")),
        PAGE,
        "https://privlint.example/rules/unsafeguarded-transfer",
    ),
    RuleDoc(Rule("PRV601", "in-logs", Severity.WARNING, "0.1.0", ("5(1)(f)",)), "# PRV601 in-logs\nData in logs.\n"),
)

SYNC = "app/marketing/sync.py"
DECLARED = Step(
    "app/models.py",
    12,
    5,
    "declaration",
    "declared as contact.email",
    "app.models.Contact",
    12,
    52,
    'email: Annotated[str, Personal("contact.email")]',
)
NAME = Step(
    "app/models.py",
    13,
    5,
    "declaration",
    "declared as contact.name",
    "app.models.Contact",
    13,
    50,
    'name: Annotated[str, Personal("contact.name")]',
)
READ = Step(
    "app/marketing/payload.py",
    8,
    30,
    "read",
    "read Contact.email",
    "app.marketing.payload.to_payload",
    8,
    37,
    'return {"email_address": c.email, "n": c.name}',
)
READ_NAME = Step(
    "app/marketing/payload.py",
    8,
    44,
    "read",
    "read Contact.name",
    "app.marketing.payload.to_payload",
    8,
    50,
    READ.text,
)
RETURNED = Step(
    SYNC,
    40,
    19,
    "return",
    "returned by to_payload()",
    "app.marketing.sync.Sync.push",
    40,
    38,
    "payload = to_payload(contact)",
)
SENT = Step(
    SYNC,
    41,
    51,
    "sink",
    "sent to mailchimp (argument 2)",
    "app.marketing.sync.Sync.push",
    41,
    58,
    "self.client.lists.add_list_member(LIST_ID, payload)",
)


def make_flow(field: str, category: str, *trace: Step, likely: bool = False) -> FlowTrace:
    return FlowTrace(field, category, "person", Confidence.LIKELY if likely else Confidence.CERTAIN, trace)


EMAIL = make_flow("app.models.Contact.email", "contact.email", DECLARED, READ, RETURNED, SENT)


def make_transfer() -> Diagnostic:
    """Two fields in one call, a policy frame, help."""
    name = make_flow("app.models.Contact.name", "contact.name", NAME, READ_NAME, RETURNED, SENT, likely=True)
    return Diagnostic(
        code="PRV403",
        name="unsafeguarded-transfer",
        severity=Severity.ERROR,
        confidence=Confidence.CERTAIN,
        message="`contact.email` and `contact.name` reach Mailchimp (US) and the policy names no safeguard",
        path=SYNC,
        line=41,
        column=9,
        end_line=41,
        end_column=60,
        category="contact.email",
        categories=("contact.email", "contact.name"),
        field="app.models.Contact.email",
        subject="person",
        purpose="marketing",
        basis="legitimate_interest",
        sink="service",
        recipient="mailchimp",
        country="US",
        location="US",
        clause="Privacy policy > Transfers",
        quote="We send newsletters with a provider.",
        articles=("44", "46"),
        flows=(EMAIL, name),
        policy=PolicyPlace("privlint.toml", 62),
        help=(
            "name a safeguard and its assessment in [recipients.mailchimp], or drop `email_address` in to_payload()",
            "an approved deviation belongs in [[exceptions]]",
        ),
        function="app.marketing.sync.Sync.push",
        expression="self.client.lists.add_list_member(LIST_ID, payload)",
        fingerprint="0123456789abcdef0123456789abcdef",
        frame=(
            39,
            (
                "    def push(self, contact: Contact) -> None:\r\n",
                "        payload = to_payload(contact)\r\n",
                "        self.client.lists.add_list_member(LIST_ID, payload)\r\n",
            ),
        ),
        policy_frame=(61, ("[recipients.mailchimp]", 'country = "US"')),
    )


def make_log(line: int, *, likely: bool = False) -> Diagnostic:
    """Tabs, wide and combining characters, a control character; no policy place."""
    text = '\tlog.info("日本語 e\u0301 \x1b[31m %s", user.email)'
    start = text.index("user.email") + 1
    sink = Step("app/日本.py", line, start, "sink", "written to the log", "app.log", line, start + 10, text.strip())
    return Diagnostic(
        code="PRV601",
        name="in-logs",
        severity=Severity.WARNING,
        confidence=Confidence.LIKELY if likely else Confidence.CERTAIN,
        message="`contact.email` is written to the log",
        path="app/日本.py",
        line=line,
        column=2,
        end_line=line,
        end_column=len(text) + 1,
        category="contact.email",
        categories=("contact.email",),
        field="app.models.Contact.email",
        subject="person",
        sink="log",
        articles=("5(1)(f)",),
        flows=(make_flow("app.models.Contact.email", "contact.email", DECLARED, sink, likely=likely),),
        function="app.log",
        expression="log.info(…)",
        fingerprint=f"{line:032x}",
        frame=(line - 1, ("def log(user):", text)),
    )


def make_many_lines() -> Diagnostic:
    """A call over several lines, in a file whose path and message want escaping everywhere."""
    source = (
        "    response = requests.post(",
        '        "https://api.example.com/v1/people",',
        '        json={"mail": user.email},',
        "        timeout=5,",
        "    )",
    )
    sent = Step("app/a,b:c 100%.py", 102, 23, "sink", "sent in `json`", "app.send", 102, 33, source[2].strip())
    return Diagnostic(
        code="PRV401",
        name="undeclared-recipient",
        severity=Severity.ERROR,
        confidence=Confidence.LIKELY,
        message="`contact.email` goes to <api.example.com> | 100% of it\nand the policy names no recipient for it",
        path="app/a,b:c 100%.py",
        line=100,
        column=16,
        end_line=104,
        end_column=6,
        category="contact.email",
        categories=("contact.email",),
        field="app.models.Contact.email",
        sink="service",
        recipient="api.example.com",
        flows=(make_flow("app.models.Contact.email", "contact.email", DECLARED, sent, likely=True),),
        help=("declare it in [recipients]",),
        function="app.send",
        expression="requests.post(…)",
        fingerprint="f" * 32,
        frame=(99, ("def send(user):", *source)),
    )


def make_long_line() -> Diagnostic:
    """The mark is far to the right of what a terminal shows. No trace."""
    text = (
        "    rows = ["
        + ", ".join(f'"column {number}"' for number in range(20))
        + "]; sdk.init(dsn=DSN, send_pii=True)  # and on"
    )
    start = text.index("sdk.init") + 1
    return Diagnostic(
        code="PRV606",
        name="greedy-sdk",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        message="`send_pii` makes the SDK send personal data by itself",
        path="app/settings.py",
        line=7,
        column=start,
        end_line=7,
        end_column=start + len("sdk.init(dsn=DSN, send_pii=True)"),
        recipient="sdk",
        fingerprint="a" * 32,
        frame=(6, ("x = 1", text, "y = 2")),
    )


def make_unseen() -> Diagnostic:
    """A file that was not analysed: no frame, no trace."""
    return Diagnostic(
        code="PRV901",
        name="syntax-error",
        severity=Severity.WARNING,
        confidence=Confidence.CERTAIN,
        message="the file does not parse: unexpected indent",
        path="app/broken.py",
        line=3,
        column=1,
        end_line=3,
        end_column=1,
        fingerprint="b" * 32,
    )


def make_suppressed() -> Diagnostic:
    found = make_transfer()
    found.path = "app/old.py"
    found.suppressed = "DPA signed 2026-03-02, LEG-42"
    found.suppressed_in = "code"
    return found


def make_excepted() -> Diagnostic:
    found = make_transfer()
    found.path = "app/older.py"
    found.suppressed = "migration to the EU project"
    found.suppressed_in = "policy"
    return found


def make_baselined() -> Diagnostic:
    found = make_transfer()
    found.path = "app/oldest.py"
    found.baselined = True
    return found


def make_all() -> list[Diagnostic]:
    """Out of order on purpose: a report sorts."""
    return [
        make_unseen(),
        make_log(30, likely=True),
        make_log(10),
        make_transfer(),
        make_many_lines(),
        make_long_line(),
        make_suppressed(),
        make_excepted(),
        make_baselined(),
    ]


SUMMARY = Summary(
    files=214,
    not_analysed=1,
    fields=37,
    units=900,
    units_lowered=120,
    flows=412,
    recipients=19,
    unresolved=3,
    cut=0,
    suppressed=2,
    baselined=1,
    skipped=4,
)
