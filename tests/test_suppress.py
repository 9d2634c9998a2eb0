"""Suppression comments: what they mean, how far they reach, and what is said of those that do not work."""

from __future__ import annotations

import ast
import io
import textwrap
import tokenize
from datetime import date

import pytest

from privlint.diagnostics import Confidence, Diagnostic, FlowTrace, Rule, Severity, Step
from privlint.ir import Comment, FunctionDef
from privlint.suppress import RULES, FileSpans, Suppression, apply_suppressions, find_suppressions, read_spans

KNOWN = (
    Rule("PRV001", "invalid-policy", Severity.ERROR, "0.1.0"),
    Rule("PRV202", "unknown-category", Severity.ERROR, "0.1.0"),
    Rule("PRV401", "undeclared-recipient", Severity.ERROR, "0.1.0"),
    Rule("PRV403", "unsafeguarded-transfer", Severity.ERROR, "0.1.0"),
    Rule("PRV601", "in-logs", Severity.WARNING, "0.1.0"),
    Rule("PRV901", "syntax-error", Severity.WARNING, "0.1.0"),
    *RULES,
)
TODAY = date(2027, 1, 31)
WHY = "-- agreement signed, LEG-42"


def read_comments(source: str) -> list[Comment]:
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        mark = "# privlint:"
        if token.type == tokenize.COMMENT and token.string.startswith(mark):
            own = not token.line[: token.start[1]].strip()
            found.append(Comment(token.start[0], token.start[1] + 1, token.string[len(mark) :].strip(), own))
    return found


def read_functions(source: str) -> list[FunctionDef]:
    return [
        FunctionDef(
            qualname=node.name,
            ordinal=0,
            line=min([node.lineno, *(each.lineno for each in node.decorator_list)]),
            def_line=node.lineno,
            end_line=node.end_lineno or node.lineno,
            params=(),
            returns=None,
            decorators=(),
            owner="",
            parent="",
            is_async=False,
            is_generator=False,
        )
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def find_sinks(
    source: str, code: str = "PRV401", recipient: str = "mailchimp", path: str = "app.py"
) -> list[Diagnostic]:
    """A finding at each call of `send`."""
    return sorted(
        (
            Diagnostic(
                code=code,
                name="x",
                severity=Severity.ERROR,
                confidence=Confidence.CERTAIN,
                message="",
                path=path,
                line=node.lineno,
                column=node.col_offset + 1,
                end_line=node.end_lineno or 0,
                end_column=(node.end_col_offset or 0) + 1,
                recipient=recipient,
                sink="service",
            )
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "send"
        ),
        key=Diagnostic.sort_key,
    )


def run(
    source: str, *, code: str = "PRV401", policy_only: tuple[str, ...] = ()
) -> tuple[list[int], list[tuple[str, int]]]:
    """Lines of silenced findings, and (code, line) of all other findings but those at sinks."""
    source = textwrap.dedent(source)
    suppressions, problems = find_suppressions(read_comments(source), "app.py")
    spans = {"app.py": read_spans(source, read_functions(source))}
    found = [*find_sinks(source, code), *problems]
    judged = apply_suppressions(found, suppressions, spans, TODAY, KNOWN, policy_only=policy_only)
    silenced = [each.line for each in judged if each.suppressed]
    return silenced, [(each.code, each.line) for each in judged if each.code.startswith("PRV91")]


def read_one(text: str, *, own_line: bool = False, column: int = 1) -> tuple[list[Suppression], list[Diagnostic]]:
    return find_suppressions([Comment(1, column, text, own_line)], "app.py")


def judge_text(text: str) -> list[str]:
    """Codes of what is wrong with a comment beside a finding of PRV401."""
    sink = find_sinks("send(x)")[0]
    suppressions, problems = read_one(text)
    judged = apply_suppressions([sink, *problems], suppressions, {}, TODAY, KNOWN)
    return [each.code for each in judged if not each.suppressed]


# ------------------------------------------------------------------------------------------------------------- grammar


@pytest.mark.parametrize(
    "text",
    [
        f"ignore[PRV401] {WHY}",
        f"ignore[undeclared-recipient] {WHY}",
        f"ignore[PRV4] {WHY}",
        f"ignore [ PRV401 ] {WHY}",
        f"ignore[PRV401 -> mailchimp] {WHY}",
        f"ignore[PRV401->service] {WHY}",
        f"ignore[PRV401] until=2027-01-31 {WHY}",
        f"ignore[PRV401] until = 2027-02-01 {WHY}",
        "ignore[PRV401] -- 契約は二〇二六年三月二日に締結済み",
        f"ignore[PRV401] {WHY}  # noqa: E501",
    ],
)
def test_a_complete_suppression_silences(text: str) -> None:
    assert judge_text(text) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ignore[PRV401]", "PRV911"),
        ("ignore[PRV401] --", "PRV911"),
        ("ignore[PRV401] -- too short", "PRV911"),
        ("ignore[PRV401] -- todo, fix later!", "PRV911"),
        ("ignore[PRV401] -- False positive", "PRV911"),
        ("ignore[PRV401] -- by design, as designed", "PRV911"),
        ("ignore[PRV401] -- ------------------", "PRV911"),
        ("ignore[PRV401] -- <reason>   # a very long other comment", "PRV911"),
        ("ignore[PRV401] agreement signed, LEG-42", "PRV911"),
        ("ignore[PRV401] by=me -- agreement signed, LEG-42", "PRV911"),
        (f"ignore {WHY}", "PRV912"),
        (f"ignore[] {WHY}", "PRV912"),
        (f"ignore[,] {WHY}", "PRV912"),
        (f"ignore[PRV401 {WHY}", "PRV912"),
        (f"ignore[PRV] {WHY}", "PRV912"),
        (f"ignore[ALL] {WHY}", "PRV912"),
        (f"ignore[PRV499] {WHY}", "PRV912"),
        (f"ignore[prv401] {WHY}", "PRV912"),
        (f"ingore[PRV401] {WHY}", "PRV912"),
        (f"ignore[PRV403] {WHY}", "PRV913"),
        (f"ignore[PRV401 -> sentry] {WHY}", "PRV913"),
        (f"ignore[PRV401] until=2027-01-30 {WHY}", "PRV914"),
        (f"ignore[PRV401] until=2027-02-30 {WHY}", "PRV914"),
        (f"ignore[PRV401] until=2027-W50-1 {WHY}", "PRV914"),
        (f"ignore[PRV401] until=soon {WHY}", "PRV914"),
    ],
)
def test_an_incomplete_suppression_has_no_effect_and_is_reported(text: str, code: str) -> None:
    assert sorted(judge_text(text)) == ["PRV401", code]


@pytest.mark.parametrize("text", ["contact.email", "purpose=marketing", "ignored.category", "", "=", "ignore-list.x"])
def test_other_comments_are_left_alone(text: str) -> None:
    assert read_one(text) == ([], [])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"ignore[prv401] {WHY}", "did you mean `PRV401`?"),
        (f"ignore[undeclared-recipeint] {WHY}", "did you mean `undeclared-recipient`?"),
        (f"ignroe[PRV401] {WHY}", "did you mean `ignore`?"),
        (f"file_ignore[PRV401] {WHY}", "did you mean `file-ignore`?"),
    ],
)
def test_a_misspelling_gets_a_guess(text: str, hint: str) -> None:
    suppressions, problems = read_one(text)
    judged = apply_suppressions(problems, suppressions, {}, TODAY, KNOWN)
    assert [each.message.endswith(hint) for each in judged] == [True]


def test_what_a_suppression_holds() -> None:
    (found,), problems = read_one(f"ignore[PRV401 -> mailchimp, in-logs] until=2027-03-01 {WHY}", column=9)
    assert not problems
    assert [(each.rule, each.target) for each in found.entries] == [("PRV401", "mailchimp"), ("in-logs", "")]
    assert (found.until, found.reason, found.column) == (date(2027, 3, 1), "agreement signed, LEG-42", 9)
    assert not found.whole_file


# --------------------------------------------------------------------------------------------------------------- reach


def test_reach_of_a_statement() -> None:
    source = f"""\
    result = wrap(  # privlint: ignore[PRV401] {WHY}
        first,
        send(1),
    )
    result = wrap(
        send(2),
    )  # privlint: ignore[PRV401] {WHY}
    result = wrap(
        # privlint: ignore[PRV401] {WHY}
        1,
        send(3),
    )
    send(4)
    """
    assert run(source) == ([3, 6, 11], [])


def test_reach_of_a_line_of_its_own() -> None:
    source = f"""\
    # privlint: ignore[PRV401] {WHY}
    # more about it
    send(
        1,
    )
    send(2)
    # privlint: ignore[PRV401] {WHY}

    send(3)
    """
    assert run(source) == ([3], [("PRV913", 7)])


def test_reach_of_a_function() -> None:
    source = f"""\
    def one(
        x,
    ):  # privlint: ignore[PRV401] {WHY}
        def inner():
            send(1)
        send(2)

    # privlint: ignore[PRV401] {WHY}
    @decorate
    async def two():
        send(3)

    class Three:  # privlint: ignore[PRV401] {WHY}
        def method(self):
            send(4)
    """
    assert run(source) == ([5, 6, 11], [("PRV913", 13)])


def test_a_header_does_not_cover_its_block() -> None:
    source = f"""\
    for x in send(1):  # privlint: ignore[PRV401] {WHY}
        send(2)
    """
    assert run(source) == ([1], [])


def test_reach_of_a_file() -> None:
    source = f"""\
    send(1)
    # privlint: file-ignore[PRV4] {WHY}
    def f():
        send(2)
    """
    assert run(source) == ([1, 4], [])


@pytest.mark.parametrize(
    "indented", ["x = 1  # privlint: file-ignore[PRV4]", "if x:\n    # privlint: file-ignore[PRV4]"]
)
def test_a_file_suppression_stands_alone_at_module_level(indented: str) -> None:
    silenced, problems = run(f"{indented} {WHY}\n    send(1)\n" if "if" in indented else f"{indented} {WHY}\nsend(1)\n")
    assert silenced == []
    assert [code for code, _ in problems] == ["PRV913"]


def test_without_spans_the_lines_of_the_finding_count() -> None:
    source = f"send(\n    1,\n)  # privlint: ignore[PRV401] {WHY}\n"
    suppressions, _ = find_suppressions(read_comments(source), "app.py")
    sink = find_sinks(source)[0]
    for spans in ({}, {"app.py": FileSpans()}):
        assert apply_suppressions([sink], suppressions, spans, TODAY, KNOWN)[0].suppressed


def test_a_file_that_breaks_off_keeps_its_first_statements() -> None:
    spans = read_spans("x = (\n 1)\r\ny = 2\r# c\rz = (\n", [])
    assert spans.statements[:2] == ((1, 2), (3, 3))
    assert spans.comments == {4}


def test_a_suppression_of_another_file_does_nothing() -> None:
    suppressions, _ = read_one(f"ignore[PRV401] {WHY}")
    sink = find_sinks("send(1)", path="other.py")[0]
    judged = apply_suppressions([sink], suppressions, {}, TODAY, KNOWN)
    assert [(each.code, each.suppressed) for each in judged] == [("PRV913", ""), ("PRV401", "")]


# --------------------------------------------------------------------------------------------------------------- field


def declare(line: int, path: str = "models.py") -> FlowTrace:
    steps = (Step(path, line, 5, "declaration", ""), Step("app.py", 1, 1, "sink", ""))
    return FlowTrace(f"models.User.f{line}", "contact", "", Confidence.CERTAIN, steps)


def judge_fields(texts: dict[int, str], *lines: int) -> tuple[str, list[tuple[str, int, str]]]:
    """The reason at the finding whose fields are declared on these lines of models.py, and what is wrong there."""
    sink = find_sinks("send(1)")[0]
    sink.flows = tuple(declare(line) for line in lines)
    comments = [Comment(line, 30, text, False) for line, text in texts.items()]
    suppressions, problems = find_suppressions(comments, "models.py")
    judged = apply_suppressions([sink, *problems], suppressions, {}, TODAY, KNOWN)
    wrong = [(each.code, each.line, each.message) for each in judged if each.path == "models.py"]
    return next(each.suppressed for each in judged if each.code == "PRV401"), wrong


@pytest.mark.parametrize("target", ["mailchimp", "service"])
def test_a_field_with_recipient_or_kind_of_sink(target: str) -> None:
    assert judge_fields({3: f"ignore[PRV401 -> {target}] {WHY}"}, 3) == ("agreement signed, LEG-42", [])


def test_a_field_needs_a_recipient() -> None:
    reason, ((code, line, message),) = judge_fields({3: f"ignore[PRV401] {WHY}"}, 3)
    assert (reason, code, line) == ("", "PRV913", 3)
    assert "`ignore[PRV401 -> mailchimp]`" in message


def test_a_field_of_another_recipient_stays() -> None:
    reason, wrong = judge_fields({3: f"ignore[PRV401 -> sentry] {WHY}"}, 3)
    assert (reason, [code for code, *_ in wrong]) == ("", ["PRV913"])


def test_all_fields_of_a_finding_must_be_accepted() -> None:
    one = {3: f"ignore[PRV401 -> mailchimp] {WHY}"}
    assert judge_fields(one, 3, 4)[0] == ""
    both = {**one, 4: "ignore[PRV401 -> mailchimp] -- names are public there"}
    assert judge_fields(both, 3, 4) == ("agreement signed, LEG-42; names are public there", [])


def test_a_file_suppression_of_the_declaring_file_does_not_mute_its_fields() -> None:
    sink = find_sinks("send(1)")[0]
    sink.flows = (declare(3),)
    suppressions, _ = find_suppressions([Comment(1, 1, f"file-ignore[PRV4 -> mailchimp] {WHY}", True)], "models.py")
    judged = apply_suppressions([sink], suppressions, {}, TODAY, KNOWN)
    assert [(each.code, each.suppressed) for each in judged] == [("PRV401", ""), ("PRV913", "")]


def test_a_finding_about_the_declaration_itself_needs_no_recipient() -> None:
    silenced, problems = run(f"send(1)  # privlint: ignore[PRV202] {WHY}\n", code="PRV202")
    assert (silenced, problems) == ([1], [])


# -------------------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("code", ["PRV001", "PRV901", "PRV913"])
def test_what_can_never_be_silenced(code: str) -> None:
    source = f"send(1)  # privlint: ignore[{code}] {WHY}\n"
    silenced, problems = run(source, code=code)
    assert silenced == []
    assert ("PRV913", 1) in problems


@pytest.mark.parametrize("listed", ["PRV4", "PRV401", "undeclared-recipient"])
def test_codes_that_only_the_policy_may_silence(listed: str) -> None:
    source = f"send(1)  # privlint: ignore[PRV401] {WHY}\n"
    assert run(source, policy_only=(listed,)) == ([], [("PRV913", 1)])
    suppressions, _ = find_suppressions(read_comments(source), "app.py")
    judged = apply_suppressions(find_sinks(source), suppressions, {}, TODAY, KNOWN, policy_only=(listed,))
    assert "[[exceptions]]" in next(each.message for each in judged if each.code == "PRV913")


def test_rules_that_did_not_run_leave_no_unused_suppression() -> None:
    suppressions, _ = read_one(f"ignore[PRV401] {WHY}")
    assert apply_suppressions([], suppressions, {}, TODAY, KNOWN, active={"PRV601"}) == []
    judged = apply_suppressions([], suppressions, {}, TODAY, KNOWN, active={"PRV401"})
    assert [each.code for each in judged] == ["PRV913"]


def test_only_the_idle_entries_are_named() -> None:
    suppressions, _ = read_one(f"ignore[PRV401, PRV601, PRV403] {WHY}")
    judged = apply_suppressions(find_sinks("send(1)"), suppressions, {}, TODAY, KNOWN)
    assert [each.message for each in judged if each.code == "PRV913"] == ["`PRV601`, `PRV403` silence nothing"]


def test_an_exception_of_the_policy_keeps_its_reason() -> None:
    sink = find_sinks("send(1)")[0]
    sink.suppressed, sink.suppressed_in = "approved by the DPO", "policy"
    suppressions, _ = read_one(f"ignore[PRV401] {WHY}")
    (judged,) = apply_suppressions([sink], suppressions, {}, TODAY, KNOWN)
    assert (judged.suppressed, judged.suppressed_in) == ("approved by the DPO", "policy")


def test_the_input_is_not_changed_and_the_output_is_sorted() -> None:
    sinks = find_sinks("send(1)\nsend(2)\n")[::-1]
    suppressions, _ = read_one(f"ignore[PRV401] {WHY}")
    judged = apply_suppressions(sinks, suppressions, {}, TODAY, KNOWN)
    assert [each.suppressed for each in sinks] == ["", ""]
    assert [(each.line, each.suppressed, each.suppressed_in) for each in judged] == [
        (1, "agreement signed, LEG-42", "code"),
        (2, "", ""),
    ]


def test_equal_comments_have_fingerprints_of_their_own_that_lines_do_not_change() -> None:
    def marks(first: int) -> list[str]:
        comments = [Comment(first + offset, 1, "ignore[PRV401]", True) for offset in (0, 1)]
        return [each.fingerprint for each in find_suppressions(comments, "app.py")[1]]

    assert marks(1) == marks(7)
    assert len(set(marks(1))) == 2
