"""Every error of a policy file in one run, each with its place and what was perhaps meant."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import pytest
import tomli

from privlint.policy.load import load_policy
from privlint.policy.references import conflicts, undefined_names
from privlint.policy.types import PolicyErrors
from privlint.policy.walk import read_policy
from tests.policy_samples import COMPANY, TAXONOMY, errors_of, load, write

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "[policy]\n"

# (text below the header, the expected error with the line counted from the start of the file)
WRONG = {
    "unknown table": ("[purpose.x]\n", "2:2: unknown key `purpose`; did you mean `purposes`?"),
    "unknown key": (
        '[recipients.r]\ncuntry = "US"\n',
        "3:1: unknown key `cuntry`; did you mean `country`?",
    ),
    "key without likeness": ("[sharing]\nzzz = 1\n", "3:1: unknown key `zzz`"),
    "groups of a purpose": (
        '[purposes.p]\ngroups = ["contact"]\n',
        "3:1: unknown key `groups`; did you mean `categories`?",
    ),
    "groups of a recipient": ("[recipients.p]\ngroups = []\n", "3:1: unknown key `groups`; did you mean `categories`?"),
    "synonym": ('[recipients.p]\ndpa = "x"\n', "3:1: unknown key `dpa`; did you mean `agreement`?"),
    "switch of the linter": (
        'select = ["PRV4"]\n',
        "2:1: unknown key `select`",
    ),
    "number for a string": (
        "[recipients.r]\ncountry = 32\n",
        "3:11: expected a string, found a whole number",
    ),
    "string for a boolean": (
        '[purposes.p]\ndirect_marketing = "yes"\n',
        "3:20: expected true or false, found a string",
    ),
    "number in an array": (
        '[purposes.p]\ncategories = [\n  "contact",\n  7,\n]\n',
        "5:3: expected a string, found a whole number",
    ),
    "table for an array": (
        "[purposes.p]\ncategories = { a = 1 }\n",
        "3:14: expected a string or an array of strings, found a table",
    ),
    "string for a table": ('controller = "me"\n', "2:1: unknown key `controller`"),
    "array for a purpose": ("[purposes]\np = []\n", "3:5: expected a table, found an array"),
    "basis of the wrong type": (
        "[purposes.p]\nbasis = 6\n",
        "3:9: expected a string or an array of tables, found a whole number",
    ),
    "basis unknown": (
        '[purposes.p]\nbasis = "legitimate_interests"\n',
        "3:9: `legitimate_interests` is not one of",
    ),
    "basis without kind": ("[purposes.p]\n[[purposes.p.basis]]\n", "3:14: `purposes.p.basis.0` needs `kind`"),
    "choice": (
        '[recipients.r]\nsafeguard = "SCC"\n',
        "3:13: `SCC` is not one of",
    ),
    "right": ("[rights.acces]\n", "2:9: `acces` is not one of"),
    "kind of sink": ("[sinks.logs]\n", "2:8: `logs` is not one of"),
    "format version": ("schema = 2\n", "2:10: expected 1"),
    "home": ('home = "EU"\n', '2:8: `EU` is not one of "EEA", "GB", "CH"'),
    "lower-case country": (
        '[recipients.r]\ncountry = "us"\n',
        '3:11: `us` is no country code; did you mean "US" (United States)?',
    ),
    "name of a country": (
        '[recipients.r]\ncountry = "Germany"\n',
        '3:11: `Germany` is no country code; did you mean "DE" (Germany)?',
    ),
    "misspelt country": (
        '[recipients.r]\ncountry = "Germny"\n',
        "3:11: `Germny` is no country code; did you mean `Germany`?",
    ),
    "code of the Union for Greece": (
        '[controller]\ncountry = "EL"\n',
        '3:11: `EL` is no country code; did you mean "GR" (Greece)?',
    ),
    "UK": ('[controller]\ncountry = "UK"\n', '3:11: `UK` is no country code; did you mean "GB" (United Kingdom)?'),
    "area for a country": ('[recipients.r]\ncountry = "EEA"\n', "3:11: `EEA` is an area, not a country"),
    "region for a location": (
        '[recipients.r]\nlocation = ["DE", "eu-west-1"]\n',
        "3:19: `eu-west-1` is no country code; write the country of that region",
    ),
    "short period": ('[retention.r]\nkeep = "5y"\n', '3:8: `5y` is no period; did you mean "5 years"?'),
    "ISO period": ('[retention.r]\nkeep = "P18M"\n', '3:8: `P18M` is no period; did you mean "18 months"?'),
    "endless digits": (f'[retention.r]\nkeep = "{"9" * 5000} years"\n', f"3:8: `{'9' * 5000} years` is no period"),
    "period in words": ('[retention.r]\nkeep = "five years"\n', "3:8: `five years` is no period"),
    "period as a number": ("[retention.r]\nkeep = 5\n", "3:8: expected a string, found a whole number"),
    "date": (
        '[[exceptions]]\nrule = "PRV403"\nreason = "x"\nuntil = "2027-02-30"\n',
        "5:9: `2027-02-30` is no date",
    ),
    "date of the wrong type": (
        '[[exceptions]]\nrule = "PRV403"\nreason = "x"\nuntil = 2027\n',
        "5:9: expected a date, found a whole number",
    ),
    "rule": ('[[exceptions]]\nrule = "403"\nreason = "x"\n', "3:8: `403` is no code and no name of a rule"),
    "exception without reason": ('[[exceptions]]\nrule = "PRV403"\n', "2:3: `exceptions.0` needs `reason`"),
    "undefined category": (
        '[purposes.p]\ncategories = ["contact.mail"]\n',
        "3:15: `contact.mail` is no category or group of the policy; did you mean `contact.email`?",
    ),
    "undefined group": (
        '[groups.invoicing]\n[purposes.p]\ncategories = "invoicng"\n',
        "4:14: `invoicng` is no category or group of the policy; did you mean `invoicing`?",
    ),
    "group in a group": (
        '[groups.a]\n[groups.b]\ncontains = ["a"]\n',
        "4:13: `a` is no category of the policy; write a name of the taxonomy or of [categories]",
    ),
    "undefined category of a field": (
        '[data]\n"x.y" = "contact.emial"\n',
        "3:9: `contact.emial` is no category of the policy; did you mean `contact.email`?",
    ),
    "undefined subject": (
        '[subjects.reader]\n[data]\n"x.y" = { category = "contact", subject = "raeder" }\n',
        "4:43: `raeder` is no subject of the policy; did you mean `reader`?",
    ),
    "undefined purpose of code": (
        '[purposes.marketing]\n[code]\n"x.y" = "marketng"\n',
        "4:9: `marketng` is no purpose of the policy; did you mean `marketing`?",
    ),
    "undefined purpose without likeness": (
        '[code]\n"x.y" = "care"\n',
        "3:9: `care` is no purpose of the policy; define it as [purposes.care]",
    ),
    "undefined purpose of a recipient": (
        '[recipients.r]\npurposes = ["care"]\n',
        "3:13: `care` is no purpose of the policy",
    ),
    "undefined purpose of a sink": ('[sinks.log]\npurpose = "care"\n', "3:11: `care` is no purpose of the policy"),
    "undefined compatible purpose": (
        '[purposes.a]\ncompatible_with = ["b"]\n',
        "3:20: `b` is no purpose of the policy",
    ),
    "star for code": ('[code]\n"x" = "*"\n', "3:7: `*` is no purpose of the policy"),
    "undefined retention": (
        '[retention.agreement]\n[purposes.p]\nretention = "agreemnt"\n',
        "4:13: `agreemnt` is no retention of the policy; did you mean `agreement`?",
    ),
    "undefined class": ('[recipients.r]\nclass = "it"\n', "3:9: `it` is no recipient class of the policy"),
    "undefined recipient": (
        '[purposes.p]\nrecipients = ["r"]\n',
        "3:15: `r` is no recipient of the policy; define it as [recipients.r]",
    ),
    "undefined condition": (
        '[purposes.p]\n[[purposes.p.basis]]\nkind = "consent"\nrequires = "opt_inn"\n',
        "5:12: `opt_inn` is no condition of the policy; did you mean `opt_in`?",
    ),
    "promise": (
        '[enforced_by]\nerasure = "x"\n',
        '3:1: `erasure` names no promise of the policy; did you mean "rights.erasure"?',
    ),
    "promise of an unknown right": (
        '[enforced_by]\n"rights.erasur" = "x"\n',
        "3:1: `erasur` is no right; did you mean `erasure`?",
    ),
    "promise of an undefined period": (
        '[retention.orders]\n[enforced_by]\n"retention.order" = "x"\n',
        "4:1: `order` is no retention of the policy; did you mean `orders`?",
    ),
    "name of a category": ("[categories]\nMyThing = {}\n", "3:1: `MyThing` is no name of a category"),
    "file for a name": (
        '[purposes.p]\n[code]\n"acme/billing.py" = "p"\n',
        '4:1: `acme/billing.py` is a file; did you mean "acme.billing"?',
    ),
    "entry point for a name": (
        '[guards]\nopt_in = ["acme.users:agrees"]\n',
        '3:11: `acme.users:agrees` is no dotted name; did you mean "acme.users.agrees"?',
    ),
    "call for a name": (
        '[recipients.r]\ncalls = "acme.send()"\n',
        "3:9: `acme.send()` is no dotted name; write the name without parentheses",
    ),
    "empty part of a name": ('[guards]\nx = "acme..send"\n', "3:5: `acme..send` is no dotted name"),
    "pattern of a field": (
        '[data]\n"acme.*.email" = "contact.email"\n',
        "3:1: `acme.*.email` is no dotted name; patterns are not allowed here",
    ),
    "host": ('[recipients.r]\ndomains = ["a b"]\n', "3:12: `a b` is no host"),
    "unquoted name of code": (
        '[purposes.p]\n[code]\nacme.billing = "p"\n',
        '4:1: `acme` is split at its dots; put the whole name in quotes: "acme.billing"',
    ),
    "unquoted name of data": (
        '[data]\nacme.User.email = "contact"\n',
        '3:1: `acme` is split at its dots; put the whole name in quotes: "acme.User"',
    ),
    "unquoted category": (
        '[categories]\nacme.loyalty = { label = "points" }\n',
        '3:1: `acme` is split at its dots; put the whole name in quotes: "acme.loyalty"',
    ),
    "unquoted promise": (
        '[enforced_by]\nrights.erasure = ["x"]\n',
        '3:1: `rights` is split at its dots; put the whole name in quotes: "rights.erasure"',
    ),
    "data without category": (
        '[data]\n"x.y" = { subject = "reader" }\n',
        "3:1: `data.x.y` needs `category`",
    ),
    "data of the wrong type": ('[data]\n"x.y" = 3\n', "3:9: expected a string or a table, found a whole number"),
    "model without name": ("[[models.callable]]\nclean = true\n", "2:10: `models.callable.0` needs `name`"),
    "kind of sink of a model": (
        '[[models.callable]]\nname = "x"\nsink = [{ kind = "logg" }]\n',
        "4:18: `logg` is no kind of sink; did you mean `log`?",
    ),
    "category of a model": (
        '[[models.callable]]\nname = "x"\nsource = "contact.fax"\n',
        "4:10: `contact.fax` is no category of the policy",
    ),
    "absolute prose": ('prose = "/srv/PRIVACY.md"\n', "2:9: `/srv/PRIVACY.md` is an absolute path"),
    "prose on the network": ('prose = "https://x.example/p.md"\n', "2:9: `https://x.example/p.md` is no local file"),
    "missing prose": ('prose = "POLICY.md"\n', "2:9: the file `POLICY.md` does not exist"),
    "one call for two recipients": (
        '[recipients.a]\ncalls = ["x.send"]\n[recipients.b]\ncalls = ["x.post", "x.send"]\n',
        "5:20: `x.send` belongs to the recipient `a` already",
    ),
    "one host for two recipients": (
        '[recipients.a]\ndomains = "x.example"\n[recipients.b]\ndomains = "x.example"\n',
        "5:11: `x.example` belongs to the recipient `a` already",
    ),
    "safeguard and derogation": (
        '[recipients.a]\nsafeguard = "scc"\nderogation = "contract"\n',
        "4:1: `a` states a safeguard and a derogation",
    ),
    "patterns that conflict": (
        '[purposes.a]\n[purposes.b]\n[code]\n"x.*.aa" = "a"\n"x.aa.*" = "b"\n',
        "6:1: `x.aa.*` and `x.*.aa` cover the same code for different purposes",
    ),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_one_error(tmp_path: Path, name: str) -> None:
    text, expected = WRONG[name]
    errors = errors_of(tmp_path, HEAD + text)
    assert len(errors) == 1, errors
    assert errors[0].startswith(expected)


RIGHT = {
    "subjects that nothing describes": '[purposes.p]\nsubjects = ["reader"]\n',
    "an enforcer of a period that nothing describes": '[enforced_by]\n"retention.agreement" = ["x.purge"]\n',
    "a right that the prose does not word": '[enforced_by]\n"rights.erasure" = ["x.erase"]\n',
    "a condition of one's own": '[guards]\nadult = "x.is_adult"\n[purposes.p]\n'
    '[[purposes.p.basis]]\nkind = "consent"\nrequires = "adult"\n',
    "patterns for one purpose": '[purposes.a]\n[code]\n"x.*.aa" = "a"\n"x.aa.*" = "a"\n',
    "patterns of which one is more specific": '[purposes.a]\n[purposes.b]\n[code]\n"x.*" = "a"\n"x.y.*" = "b"\n',
    "patterns that never meet": '[purposes.a]\n[purposes.b]\n[code]\n"x.*.aa" = "a"\n"y.*.aa" = "b"\n',
    "names of recipients": '[recipients."a b.c"]\n[recipients."Ä"]\n',
    "a host that is no recipient of the policy": '[[exceptions]]\nrule = "PRV401"\nreason = "x"\n'
    'recipient = "h.example"\n',
    "local hosts": '[recipients.r]\ndomains = ["*.x.example", "localhost:8080", "10.0.0.1", "https://y.example/api"]\n',
}


@pytest.mark.parametrize("name", list(RIGHT))
def test_no_error(tmp_path: Path, name: str) -> None:
    load(tmp_path, HEAD + RIGHT[name])


def test_all_errors_come_in_one_run_sorted_by_place(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path,
        '[policy]\nunlisted = "maybe"\n\n[purposes.a]\ncategorys = ["contact"]\nretention = "nope"\n'
        'basis = [{ kind = "consent", subjects = 3 }, { knd = "contract" }]\n\n'
        '[recipients.r]\ncountry = "USA"\npurposes = ["b"]\n',
    )
    assert [error.split(": ")[0] for error in errors] == [
        "2:12",
        "5:1",
        "6:13",
        "7:41",
        "7:46",
        "7:48",
        "10:11",
        "11:13",
    ]


def test_a_broken_entry_still_defines_its_name(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, HEAD + '[purposes.a]\nbasis = 1\n[code]\n"x" = "a"\n')
    assert errors == ["3:9: expected a string or an array of tables, found a whole number"]


def test_the_header_is_needed(tmp_path: Path) -> None:
    assert errors_of(tmp_path, '[purposes.a]\nbasis = "consent"\n') == ["1:1: the table [policy] is missing"]
    assert errors_of(tmp_path, "") == ["1:1: the table [policy] is missing"]
    assert errors_of(tmp_path, "[polcy]\n") == [
        "1:1: the table [policy] is missing",
        "1:2: unknown key `polcy`; did you mean `policy`?",
    ]


def test_switches_of_the_linter_have_their_own_place(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, 'select = ["PRV4"]\n[policy]\n')
    assert errors == ["1:1: unknown key `select`; switches of the linter stand in [tool.privlint] of pyproject.toml"]


def test_columns_count_code_points(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, '[policy]\nname = "é𝄞" # ü\n[subjects."ö𝄞x"]\nlabel = "ä𝄞"\n["🗝".b]\n')
    assert errors == ["5:2: unknown key `🗝`"]
    errors = errors_of(tmp_path, '[policy]\n[recipients.r]\nlocation = ["DE", "é𝄞", "x"]\n')
    assert [error.split(" ")[0] for error in errors] == ["3:19:", "3:25:"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[policy]\nname = "x\n', "2:10: the file is no valid TOML: "),
        ("[policy]\n[purposes.a\nb = 1\n", "2:12: the file is no valid TOML: "),
        (
            '[policy]\nname = "a"\n  name = "b"\nhome = "EEA"\n',
            "3:3: the file is no valid TOML: this key or table is defined",
        ),
        ("[policy]\n[purposes.a]\n[purposes.a]", "3:1: the file is no valid TOML: this key or table is defined"),
    ],
)
def test_syntax_errors(tmp_path: Path, text: str, expected: str) -> None:
    errors = errors_of(tmp_path, text)
    assert len(errors) == 1
    assert errors[0].startswith(expected)


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = write(tmp_path, "")
    path.write_bytes(b'[policy]\nname = "\xff"\n')
    with pytest.raises(PolicyErrors) as caught:
        load_policy(path, TAXONOMY)
    assert str(caught.value) == "privlint.toml:2:1: the file is not UTF-8"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors, match=r"privlint\.toml:1:1: cannot read privlint\.toml: No such file"):
        load_policy(tmp_path / "privlint.toml", TAXONOMY)


def test_prose_that_is_no_text(tmp_path: Path) -> None:
    path = write(tmp_path, '[policy]\nprose = "PRIVACY.md"\n')
    (tmp_path / "PRIVACY.md").write_bytes(b"\xff\xfe")
    with pytest.raises(PolicyErrors, match=r"2:9: the file `PRIVACY\.md` is not UTF-8"):
        load_policy(path, TAXONOMY)


def test_a_rule_that_nobody_knows(tmp_path: Path) -> None:
    path = write(tmp_path, '[policy]\n[[exceptions]]\nrule = "in-log"\nreason = "x"\n')
    with pytest.raises(PolicyErrors, match="3:8: `in-log` is no rule of the policy; did you mean `in-logs`"):
        load_policy(path, TAXONOMY, rules={"PRV601": "in-logs"})


STRANGE: list[Any] = [3, 2.5, True, "x", "", [], [1], ["x"], [[]], {}, {"a": 1}, [{}], datetime.time(1), None]


def paths_in(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for key, item in items for below in paths_in(item, (*path, key)))]


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = replaced(value[path[0]], path[1:], new)
    return copied


def test_a_wrong_value_anywhere_is_a_problem_and_no_crash() -> None:
    whole = tomli.loads(COMPANY)
    assert not read_policy(whole)[1].problems
    for path in paths_in(whole)[1:]:
        for strange in STRANGE:
            tables, reading = read_policy(replaced(whole, path, strange))
            list(undefined_names(whole, reading.references, TAXONOMY, {}))
            list(conflicts(tables))
            assert all(problem.message for problem in reading.problems)
        assert read_policy(replaced(whole, path, None))[1].problems, path


def test_a_file_that_is_nested_too_deeply(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, "[policy]\nname = " + "[" * 20_000 + "]" * 20_000)
    assert len(errors) == 1


# ---------------------------------------------------------------- extends


def test_a_key_that_stands_in_two_files(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path,
        '[policy]\nextends = ["more.toml"]\n[purposes.a]\nlabel = "A"\n',
        more_toml='[purposes.a]\nretention = "r"\nlabel = "B"\n[retention.r]\n',
    )
    assert errors == ["more.toml:3:1: `purposes.a.label` is defined already; see privlint.toml:4"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("gone.toml", "the file `gone.toml` does not exist"),
        ("../other.toml", "`../other.toml` lies outside the policy's folder"),
        ("/etc/other.toml", "`/etc/other.toml` is an absolute path; write it relative to the policy's folder"),
        ("https://x.example/p.toml", "`https://x.example/p.toml` is no local file; nothing is read from the network"),
        ("privlint.toml", "`privlint.toml` extends itself, directly or through other files"),
        (".", "the file `.` does not exist"),
    ],
)
def test_files_that_cannot_be_extended(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "other.toml").write_text("")
    errors = errors_of(tmp_path / "in", f'[policy]\nextends = [\n  "{name}",\n]\n')
    assert errors == [f"3:3: {message}"]


def test_a_cycle_through_another_file(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path,
        '[policy]\nextends = "more.toml"\n',
        more_toml='[policy]\nextends = ["privlint.toml"]\n',
    )
    assert errors == ["more.toml:2:12: `privlint.toml` extends itself, directly or through other files"]


def test_a_file_that_is_extended_twice(tmp_path: Path) -> None:
    errors = errors_of(tmp_path, '[policy]\nextends = ["more.toml", "./more.toml"]\n', more_toml="")
    assert errors == ["2:25: `./more.toml` is extended twice"]


def test_errors_of_an_extended_file_have_its_places(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path,
        '[policy]\nextends = "more.toml"\n[code]\n"x" = "p"\n',
        more_toml='[purposes.p]\nbasis = "consnt"\n[recipients.r]\ncountry = "uk"\n',
    )
    kinds = '"consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interest"'
    assert [error.split(";")[0] for error in errors] == [
        "more.toml:2:9: `consnt` is not one of " + kinds,
        "more.toml:4:11: `uk` is no country code",
    ]


def test_what_an_unreadable_file_may_define_is_not_held_against_the_others(tmp_path: Path) -> None:
    errors = errors_of(
        tmp_path, '[policy]\nextends = "more.toml"\n[code]\n"x" = "p"\n', more_toml="[purposes.p]\nbasis = \n"
    )
    assert len(errors) == 1
    assert errors[0].startswith("more.toml:2:9: the file is no valid TOML")
