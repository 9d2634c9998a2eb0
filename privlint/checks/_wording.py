"""The words of messages: facts about the two documents, the code as the subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from privlint.analysis.flow import PurposeUse, Sink

_ACTS = {
    "service": "sends {data} to {target}",
    "mail": "puts {data} into a mail",
    "message": "puts {data} into a message",
    "queue": "hands {data} to a queue",
    "log": "logs {data}",
    "exception": "puts {data} into the text of an exception",
    "file": "writes {data} to a file",
    "export": "exports {data}",
    "response": "returns {data} in a response",
    "client": "stores {data} at the client",
    "cache": "caches {data}",
    "url": "puts {data} into a URL or key",
    "process": "passes {data} to another process",
    "store": "writes {data} to `{callable}`",
}

# The same of the data: "`contact.email`, sent to Mailchimp".
_DONE = {
    "service": "sent to {target}",
    "mail": "put into mails",
    "message": "put into messages",
    "queue": "handed to a queue",
    "log": "logged",
    "exception": "put into the texts of exceptions",
    "file": "written to files",
    "export": "exported",
    "response": "returned in responses",
    "client": "stored at the client",
    "cache": "cached",
    "url": "put into URLs or keys",
    "process": "passed to other processes",
    "store": "written to other fields",
}

# How the recipient is joined to the act, where it is not part of it.
UNKNOWN = "a destination that is not known"
_TOWARDS = {"mail": "through", "message": "through", "log": "at", "cache": "at", "file": "at", "export": "to"}


def code(text: str) -> str:
    return f"`{text}`"


def listing(names: Iterable[str], word: str = "and") -> str:
    """Names in backticks: "`a`", "`a` and `b`", "`a`, `b` and `c`"; each once, in the order given."""
    quoted = [code(name) for name in dict.fromkeys(names)]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {word} {quoted[-1]}"


def act(sink: Sink, categories: Iterable[str], target: str) -> str:
    """What the code does there: "`app.sync.push` sends `contact.email` to Mailchimp"."""
    doing = _ACTS[sink.kind].format(data=listing(categories), target=target or UNKNOWN, callable=sink.callable)
    return f"`{sink.unit}` {doing}{_towards(sink.kind, target)}"


def done(kind: str, target: str) -> str:
    """What is done to data at a kind of sink: "sent to Mailchimp", "put into mails through Postmark"."""
    return _DONE[kind].format(target=target or UNKNOWN) + _towards(kind, target)


def _towards(kind: str, target: str) -> str:
    return f" {_TOWARDS.get(kind, 'of')} {target}" if target and kind != "service" else ""


def called_from(uses: Iterable[PurposeUse]) -> str:
    """Where the purpose comes from, if not from the code of the sink itself: " (called from `app.jobs.run`)"."""
    starts = list(dict.fromkeys(use.chain[0] for use in uses if len(use.chain) > 1))
    if not starts:
        return ""
    more = f" and {len(starts) - 2} more" if len(starts) > 2 else ""
    return f" (called from {listing(starts[:2])}{more})"
