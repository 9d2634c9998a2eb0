"""PRV105: the rights of the policy do not fit the legal bases that its purposes rest on."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from privlint.checks._policy import Finding, report_all
from privlint.checks._questions import ask
from privlint.checks._words import holds, own_text
from privlint.diagnostics import Diagnostic, Rule, Severity
from privlint.policy.prose import find_sections
from privlint.policy.wording import in_words, join, label_of, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from privlint.checks._policy import PolicyInput
    from privlint.models import LawRight
    from privlint.policy.tables import Right

RULE = Rule(
    "PRV105",
    "rights-mismatch",
    Severity.WARNING,
    "0.1.0",
    (
        "GDPR Art. 7(3)",
        "GDPR Art. 12(2)",
        "GDPR Art. 13(2)(b)-(d)",
        "GDPR Art. 15-22",
        "GDPR Art. 21(2)-(4)",
        "GDPR Art. 77",
    ),
)
USES = {"direct_marketing": "direct marketing", "automated_decision": "automated decisions"}


def check_policy(context: PolicyInput) -> Iterator[Diagnostic]:
    if context.policy.rights or context.policy.prose_text is not None:
        parts = (_missing, _idle, _narrowed, _unlimited, _marketing, _channel)
        yield from report_all(RULE, parts, context)
    yield from ask(RULE, context)


def _rights(context: PolicyInput) -> dict[str, Right]:
    return {str(name): right for name, right in context.policy.rights.items()}


def _applies(right: LawRight, kinds: Iterable[str]) -> bool:
    return "*" in right.bases or any(kind in right.bases for kind in kinds)


def _kind_label(context: PolicyInput, kind: str) -> str:
    basis = context.law.bases.get(kind)
    return USES.get(kind) or (basis.label if basis else in_words(kind))


def _kinds(context: PolicyInput, kinds: Iterable[str], word: str = "and") -> str:
    return join((_kind_label(context, kind) for kind in kinds), word)


def _missing(context: PolicyInput) -> Iterator[Finding]:
    """Rights that the bases in use give, and the policy does not name."""
    kinds, stated = context.kinds_in_use(), _rights(context)
    found = {name: right for name, right in context.law.rights.items() if _applies(right, kinds) and name not in stated}
    if not found or not kinds:
        return
    told = []
    for right in found.values():
        reasons = [kind for kind in kinds if kind in right.bases]
        verb = (
            "there are" if set(reasons) <= {"automated_decision"} else "there is" if set(reasons) <= set(USES) else ""
        )
        why = f", since {verb or 'purposes rest on'} {_kinds(context, reasons)}" if reasons else ""
        told.append(f"{right.label} (Art. {right.article}{why})")
    yield Finding(
        name="missing-right",
        keys=("rights",) if stated else ("policy",),
        message=f"the policy does not name the {'right' if len(found) == 1 else 'rights'} of {join(told)}",
        help=("Add it to the text, and to the file as " + join(f"[rights.{name}]" for name in found) + ".",),
        articles=tuple(right.article for right in found.values()),
    )


def _idle(context: PolicyInput) -> Iterator[Finding]:
    """Rights that nothing in the policy gives reason for."""
    kinds = context.kinds_in_use()
    for name, right in _rights(context).items():
        law = context.law.rights.get(name)
        if law is not None and kinds and not _applies(law, kinds):
            yield Finding(
                name=f"idle {name}",
                keys=("rights", name),
                message=f"the text grants {law.label}, and no purpose of the policy {_reason(law)} "
                f"{_kinds(context, law.bases, 'or')}",
                help=("Name the processing that it is for, or say that there is none at present.",),
                articles=(law.article,),
                element=right,
            )


def _reason(law: LawRight) -> str:
    return "is marked as using" if set(law.bases) <= set(USES) else "rests on"


def _narrowed(context: PolicyInput) -> Iterator[Finding]:
    """Rights that the policy ties to fewer bases than the law does."""
    kinds = context.kinds_in_use()
    for name, right in _rights(context).items():
        law = context.law.rights.get(name)
        if law is None or not right.when:
            continue
        given = kinds if "*" in law.bases else tuple(kind for kind in kinds if kind in law.bases)
        left_out = [kind for kind in given if kind not in (*right.when, *USES, *law.not_for)]
        if left_out:
            yield Finding(
                name=f"narrowed {name}",
                keys=("rights", name, "when"),
                message=f"the policy grants {law.label} for {_kinds(context, right.when)} only; Art. "
                f"{law.article} gives it for {_kinds(context, left_out)} as well, on which purposes rest",
                help=("Drop the limit in the text and in `when`.",),
                articles=(law.article,),
                element=right,
            )


def _unlimited(context: PolicyInput) -> Iterator[Finding]:
    """Rights whose words promise more than the law asks for."""
    kinds = context.kinds_in_use()
    for name, right in _rights(context).items() if context.english else ():
        law = context.law.rights.get(name)
        bases = context.law.bases
        if law is None or not set(law.bases) <= set(bases):
            continue
        wider = [kind for kind in kinds if kind in bases and kind not in law.bases]
        text = own_text(context, right)
        limits = [word for kind in law.bases for word in bases[kind].words]
        if wider and _applies(law, kinds) and text and not holds(text, limits):
            yield Finding(
                name=f"unlimited {name}",
                keys=("rights", name),
                message=f"the text promises {law.label} without a limit; Art. {law.article} gives it only where "
                f"data rests on {_kinds(context, law.bases, 'or')}, and other purposes rest on "
                f"{_kinds(context, wider)}: the promise holds for these as well",
                help=("Say in the text for which data it holds, or keep the promise for all of it.",),
                articles=(law.article, "12(2)") if not context.law.unconfirmed else (law.article,),
                element=right,
            )


# ---------------------------------------------------------------- direct marketing


def _marketing(context: PolicyInput) -> Iterator[Finding]:
    """The right to say no to advertising stands apart from the other rights, or the right to object is narrow."""
    if not context.english:
        return
    rights = _rights(context)
    objection, opt_out = rights.get("objection"), rights.get("marketing_opt_out")
    reason = holds(own_text(context, objection), context.review.reason_words) if objection else ""
    asked = f"; the right to object that stands there asks for {said(reason)}" if reason else ""
    advertising = [name for name, purpose in context.policy.purposes.items() if purpose.direct_marketing]
    usual = _chapter(context)
    if usual and holds(_chapter_text(context, usual), context.review.marketing_words):
        usual = ""  # the chapter speaks of it
    if advertising and opt_out is not None and usual and opt_out.clause and _top(opt_out.clause) != usual:
        yield Finding(
            name="opt-out-apart",
            keys=("rights", "marketing_opt_out"),
            message=f"the right to say no to {context.purposes_named(advertising)} stands under "
            f"{said(opt_out.clause)} and not among the rights under {said(usual)}{asked}",
            help=("Name the right to object to direct marketing among the rights: without conditions and by itself.",),
            places=[(("rights", "objection"), "the right to object")] if objection else (),
            articles=("21(2)-(4)", "12(2)"),
            element=opt_out,
        )
    elif objection is not None and reason:
        yield Finding(
            name="narrow-objection",
            keys=("rights", "objection"),
            message=f"the right to object asks for {said(reason)}",
            help=("The law speaks of grounds that relate to the person's particular situation: is more meant?",),
            articles=("21(1)",),
            element=objection,
        )


def _chapter(context: PolicyInput) -> str:
    """The heading under which most rights stand."""
    tops = Counter(_top(right.clause) for right in _rights(context).values() if right.clause)
    return tops.most_common(1)[0][0] if tops else ""


def _chapter_text(context: PolicyInput, heading: str) -> str:
    return "\n".join(context.sections[path].text for path in find_sections(context.sections, heading))


def _top(clause: str) -> str:
    return clause.partition(" > ")[0].strip()


def _channel(context: PolicyInput) -> Iterator[Finding]:
    """A way to say no that not everybody has."""
    right = _rights(context).get("marketing_opt_out")
    if right is None or len(right.channels) > 1 or not context.english:
        return
    words = " ".join([*right.quote, *right.channels])
    where = "" if holds(words, context.review.message_words) else holds(words, context.review.account_words)
    for name, purpose in context.policy.purposes.items():
        if not purpose.direct_marketing or not where:
            continue
        ends = [(each, period) for each, period in context.policy.retention.items() if "unsubscribe" in period.until]
        no_word = not holds(words, ["unsubscrib"])
        period = (
            f"; the period {said(label_of(*ends[0]))} ends when they unsubscribe, and the text does not say how"
            if ends
            else ""
        )
        spoken = period if no_word else ""
        people = context.people_named(context.subjects_of(purpose))
        yield Finding(
            name=f"one-channel {name}",
            keys=("rights", "marketing_opt_out"),
            message=f"people can say no to {context.purpose_label(name)} only through their {where}; some of {people} "
            f"may have none{spoken}",
            help=("Offer it in every message too, and name both ways: `channels` of the right.",),
            places=[(("retention", each, "until"), "unsubscribe") for each, _ in ends],
            articles=("12(2)", "21(2)-(4)"),
            element=right,
        )
