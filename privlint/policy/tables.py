"""The format of the policy file: one Struct per table, attributes named as the TOML keys.

Keys that are Python keywords have a trailing underscore here (`class_`, `for_`). A `tuple[str, ...]` is written as one
string or as an array. `Key` documents a key and says what its strings name; the loader, the JSON Schema and editors
read it from here.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from privlint.models import (
    AttributeModel,
    CallableModel,
    ClassModel,
    FieldModel,
    HandoverModel,
    RegionSwitch,
    SinkModel,
)
from privlint.policy.vocabulary import Area, BasisKind, Derogation, RightName, Role, Safeguard, SinkKind


class Key(msgspec.Struct, frozen=True):
    """`doc` is the description that editors show. `kind` says what the strings of a value (or, for `keys`, the names
    of a table's keys) are: a name defined elsewhere (category, own_category, subject, purpose, class, retention,
    recipient, promise, condition, rule) or a format (country, place, duration, date, pattern, domain, file, sink).
    `shorthand`: the attribute that a plain string stands for where a table is expected."""

    doc: str = ""
    kind: str = ""
    keys: str = ""
    shorthand: str = ""
    required: bool = False
    internal: bool = False


class Element(msgspec.Struct, frozen=True, kw_only=True):
    """What may stand on every element: its place in the prose and a lawyer's remark."""

    clause: Annotated[str, Key("Heading path in the prose, its parts joined by ' > '.")] = ""
    quote: Annotated[tuple[str, ...], Key("Words copied from that section of the prose.")] = ()
    review: Annotated[str, Key("A lawyer's remark.")] = ""


class Header(Element, frozen=True, kw_only=True):
    """The policy itself: from where transfers are judged, which text it models."""

    schema: Annotated[Literal[1], Key("Version of this format.")] = 1
    name: Annotated[str, Key("Title of the policy.")] = ""
    version: Annotated[str, Key("Version of the published text.")] = ""
    effective: Annotated[str, Key("Date from which the text holds.", kind="date")] = ""
    prose: Annotated[str, Key("The published text (.md, .txt, .html); quotes are checked against it.", kind="file")] = (
        ""
    )
    service: Annotated[tuple[str, ...], Key("Hosts of the service itself; they are no recipients.", kind="domain")] = ()
    law: Annotated[tuple[str, ...], Key("Laws the policy is written for.")] = ()
    home: Annotated[Area, Key("Area from which transfers are judged.")] = "EEA"
    unlisted: Annotated[
        Literal["deny", "warn"], Key("What the policy does not say is a finding: an error or a warning.")
    ] = "deny"
    extends: Annotated[tuple[str, ...], Key("Local files with further parts of this policy.", kind="file")] = ()


class Controller(Element, frozen=True, kw_only=True):
    """Who is responsible for the processing."""

    name: Annotated[str, Key("Name of the organisation.")] = ""
    role: Annotated[Literal["controller", "joint_controller", "processor"], Key("Its role.")] = "controller"
    country: Annotated[str, Key("Where it is established.", kind="country")] = ""
    address: Annotated[str, Key("Postal address.")] = ""
    contact: Annotated[str, Key("E-mail address, phone or page.")] = ""
    representative: Annotated[str, Key("Representative in the home area (Art. 27).")] = ""


class Contact(Element, frozen=True, kw_only=True):
    """The supervisory authority, or the data protection officer."""

    name: Annotated[str, Key("Name.")] = ""
    country: Annotated[str, Key("Country.", kind="country")] = ""
    address: Annotated[str, Key("Postal address.")] = ""
    contact: Annotated[str, Key("E-mail address, phone or page.")] = ""
    needed: Annotated[bool, Key("False: the text says that none is needed.")] = True


class Subject(Element, frozen=True, kw_only=True):
    """People whose data is processed."""

    label: Annotated[str, Key("The policy's own words for them.")] = ""
    aliases: Annotated[tuple[str, ...], Key("Other words of the prose for them.")] = ()
    dpv: Annotated[tuple[str, ...], Key("W3C DPV terms, for export only.")] = ()
    fides: Annotated[tuple[str, ...], Key("Fides keys, for export only.")] = ()
    child: Annotated[bool, Key("They are children (Art. 8).")] = False


class OwnCategory(Element, frozen=True, kw_only=True):
    """A category of one's own, or what differs for one of the taxonomy. Absent flags are inherited."""

    label: Annotated[str, Key("The policy's own words for it.")] = ""
    aliases: Annotated[tuple[str, ...], Key("Other words of the prose for it.")] = ()
    iri: Annotated[str, Key("W3C DPV term, for export only.")] = ""
    fides: Annotated[str, Key("Fides key, for export only.")] = ""
    special: Annotated[bool | None, Key("A special category (Art. 9).")] = None
    criminal: Annotated[bool | None, Key("Data on convictions or offences (Art. 10).")] = None
    secret: Annotated[bool | None, Key("Never stored or shown in plain form.")] = None
    child: Annotated[bool | None, Key("Data of children (Art. 8).")] = None
    national: Annotated[bool | None, Key("A national number (Art. 87).")] = None


class Group(Element, frozen=True, kw_only=True):
    """The policy's own words for several categories."""

    label: Annotated[str, Key("The policy's own words for the group.")] = ""
    aliases: Annotated[tuple[str, ...], Key("Other words of the prose for it.")] = ()
    contains: Annotated[
        tuple[str, ...], Key("Category names; a name covers what lies below it.", kind="own_category")
    ] = ()
    complete: Annotated[bool, Key("False where the prose says 'including'.")] = True
    subjects: Annotated[tuple[str, ...], Key("Whom this data is collected for.", kind="subject")] = ("*",)
    source: Annotated[str, Key("Where data comes from that the person did not give (Art. 14).")] = ""


class Basis(Element, frozen=True, kw_only=True):
    """One legal basis of a purpose, for some or all of its subjects."""

    kind: Annotated[BasisKind, Key("Legal basis (Art. 6(1)).", required=True)]
    subjects: Annotated[tuple[str, ...], Key("Whom it holds for; absent: all of the purpose.", kind="subject")] = ()
    interest: Annotated[str, Key("The legitimate interest (Art. 6(1)(f)).")] = ""
    law: Annotated[tuple[str, ...], Key("The laws that oblige (Art. 6(1)(c)).")] = ()
    article9: Annotated[str, Key("Condition for special categories, such as '9(2)(a)'.")] = ""
    article10: Annotated[str, Key("Law that allows data on convictions.")] = ""
    national: Annotated[str, Key("Law that allows national numbers (Art. 87).")] = ""
    child: Annotated[str, Key("How parents' consent is obtained (Art. 8).")] = ""
    only_if: Annotated[str, Key("Condition that [guards] must prove on every path.")] = ""
    requires: Annotated[
        tuple[str, ...], Key("Conditions that must hold; [guards] names what proves them.", kind="condition")
    ] = ()
    retention: Annotated[str, Key("How long, by the name of a [retention] table.", kind="retention")] = ""


class Purpose(Element, frozen=True, kw_only=True):
    """Why data is processed. The unit that carries data, subjects, basis and period."""

    label: Annotated[str, Key("The policy's own words for it.")] = ""
    aliases: Annotated[tuple[str, ...], Key("Other words of the prose for it.")] = ()
    categories: Annotated[
        tuple[str, ...], Key("Names of the taxonomy, of [categories] or of [groups]; '*' for all.", kind="category")
    ] = ()
    subjects: Annotated[tuple[str, ...], Key("Whose data; absent: everybody's.", kind="subject")] = ()
    basis: Annotated[tuple[Basis, ...], Key("Legal basis: its kind, or one table per basis.", shorthand="kind")] = ()
    retention: Annotated[str, Key("How long, by the name of a [retention] table.", kind="retention")] = ""
    direct_marketing: Annotated[bool, Key("Messages that advertise (Art. 21(2)).")] = False
    automated_decision: Annotated[bool, Key("Decisions without a human (Art. 22).")] = False
    profiling: Annotated[bool, Key("People are profiled.")] = False
    mandatory: Annotated[bool | None, Key("Whether people have to provide the data (Art. 13(2)(e)).")] = None
    compatible_with: Annotated[
        tuple[str, ...], Key("Purposes that data of this one may be used for as well.", kind="purposes")
    ] = ()
    recipients: Annotated[tuple[str, ...], Key("Recipients that serve it.", kind="recipient")] = ()
    dpv: Annotated[tuple[str, ...], Key("W3C DPV terms, for export only.")] = ()
    fides: Annotated[tuple[str, ...], Key("Fides keys, for export only.")] = ()


class RecipientClass(Element, frozen=True, kw_only=True):
    """A kind of recipient that the prose announces."""

    label: Annotated[str, Key("The policy's own words for it.")] = ""
    aliases: Annotated[tuple[str, ...], Key("Other words of the prose for it.")] = ()
    role: Annotated[Role | None, Key("Role of such recipients.")] = None
    for_: Annotated[tuple[str, ...], Key("Purposes that it serves.", kind="purposes")] = msgspec.field(
        default=("*",), name="for"
    )


class Sharing(Element, frozen=True, kw_only=True):
    """What the prose says of sharing in general."""

    default: Annotated[Literal["deny", "allow"], Key("Whether data is shared at all.")] = "deny"
    unless: Annotated[str, Key("When it is shared nevertheless.")] = ""
    requires: Annotated[tuple[str, ...], Key("What recipients have to agree to.")] = ()


class Transfers(Element, frozen=True, kw_only=True):
    """What the prose says of third countries."""

    default: Annotated[Area | None, Key("Area that data does not leave in principle.")] = None
    safeguards: Annotated[
        tuple[Safeguard, ...] | None, Key("Safeguards that the prose offers (Art. 45, 46); absent: any.")
    ] = None
    derogations: Annotated[tuple[Derogation, ...] | None, Key("Derogations that the prose offers (Art. 49).")] = None
    scc_requires: Annotated[tuple[str, ...], Key("What the prose adds to standard contractual clauses.")] = ()
    copy: Annotated[str, Key("How people obtain a copy of the safeguards (Art. 13(1)(f)).")] = ""


class Retention(Element, frozen=True, kw_only=True):
    """How long data is kept and what happens then."""

    label: Annotated[str, Key("The policy's own words for it.")] = ""
    starts: Annotated[str, Key("Event from which the period counts, such as 'end_of_agreement'.")] = ""
    keep: Annotated[str, Key("'5 years', '18 months', 'purpose' or 'forever'.", kind="duration")] = ""
    until: Annotated[tuple[str, ...], Key("Events that end it, such as 'unsubscribe'.")] = ()
    whichever: Annotated[Literal["earlier", "later", ""], Key("Which of two ends counts.")] = ""
    then: Annotated[
        tuple[Literal["delete", "de-identify", "aggregate", "archive"], ...], Key("What happens at the end.")
    ] = ()
    hold: Annotated[tuple[str, ...], Key("What keeps data from being removed.")] = ()


class Right(Element, frozen=True, kw_only=True):
    """A right of data subjects as the prose words it."""

    article: Annotated[str, Key("Article of the GDPR.")] = ""
    when: Annotated[
        tuple[BasisKind | Literal["direct_marketing", "automated_decision"], ...],
        Key("Bases or uses that it is limited to; absent: no limit."),
    ] = ()
    channels: Annotated[tuple[str, ...], Key("How it is exercised.")] = ()


class RightsContact(Element, frozen=True, kw_only=True):
    """How people exercise their rights."""

    channels: Annotated[tuple[str, ...], Key("E-mail addresses, postal addresses, pages.")] = ()


class Security(Element, frozen=True, kw_only=True):
    """What the prose says of security."""

    measures: Annotated[tuple[str, ...], Key("Measures that the prose names.")] = ()


class Updates(Element, frozen=True, kw_only=True):
    """What the prose says of its own changes."""

    announced_on: Annotated[tuple[str, ...], Key("Where changes are announced.")] = ()
    notice: Annotated[str, Key("How people are told of a material change.")] = ""


class DataEntry(Element, frozen=True, kw_only=True):
    """What a field, variable, parameter or return value holds."""

    category: Annotated[tuple[str, ...], Key("Its category.", kind="own_category", required=True)]
    subject: Annotated[tuple[str, ...], Key("Whose data it is.", kind="subject")] = ()
    role: Annotated[Literal["controller", "processor", ""], Key("'processor': data that a customer controls.")] = ""


class SinkRule(Element, frozen=True, kw_only=True):
    """What holds for a whole kind of sink."""

    purpose: Annotated[str, Key("Purpose that sinks of this kind serve.", kind="purpose")] = ""


class Recipient(Element, frozen=True, kw_only=True):
    """A concrete recipient. What the shipped catalogue knows of a service may be left out; what is written wins."""

    key: Annotated[str, Key("Its name in the policy.", internal=True)] = ""
    label: Annotated[str, Key("Its name as people read it.")] = ""
    class_: Annotated[str, Key("Recipient class that it belongs to.", kind="class")] = msgspec.field(
        default="", name="class"
    )
    service: Annotated[str, Key("Its id in the shipped catalogue, if that is not its name here.")] = ""
    role: Annotated[Role | None, Key("Its role.")] = None
    sector: Annotated[Literal["private", "public", ""], Key("Decides whether some adequacy decisions cover it.")] = ""
    country: Annotated[str, Key("Where the contracting entity is established.", kind="country")] = ""
    location: Annotated[tuple[str, ...], Key("Countries (or 'EEA') where the data goes.", kind="place")] = ()
    safeguard: Annotated[Safeguard | Literal[""], Key("What a transfer rests on (Art. 45, 46).")] = ""
    derogation: Annotated[Derogation | Literal[""], Key("Exception that a transfer rests on (Art. 49).")] = ""
    certified: Annotated[str, Key("Certification that the adequacy decision asks for, and when it was checked.")] = ""
    assessment: Annotated[str, Key("Transfer impact assessment.")] = ""
    supplementary: Annotated[tuple[str, ...], Key("Measures that the assessment asks for.")] = ()
    agreement: Annotated[str, Key("Data processing agreement (Art. 28).")] = ""
    categories: Annotated[tuple[str, ...] | None, Key("Data that it may get; absent: no limit.", kind="category")] = (
        None
    )
    purposes: Annotated[tuple[str, ...] | None, Key("Purposes that it serves; absent: no limit.", kind="purposes")] = (
        None
    )
    domains: Annotated[tuple[str, ...], Key("Hosts; '*.x.example' is every host below it.", kind="domain")] = ()
    packages: Annotated[tuple[str, ...], Key("Distribution names of its libraries.")] = ()
    imports: Annotated[tuple[str, ...], Key("Import names of its libraries.")] = ()
    calls: Annotated[
        tuple[str, ...], Key("Qualified names of callables whose arguments reach it; '*' is a wildcard.", kind="call")
    ] = ()
    kind: Annotated[SinkKind | Literal[""], Key("Kind of sink that its calls are; absent: service.")] = ""


class ExceptionEntry(Element, frozen=True, kw_only=True):
    """An approved deviation: findings that it fits are silenced."""

    rule: Annotated[str, Key("Code or name of the rule.", kind="rule", required=True)]
    reason: Annotated[str, Key("Why.", required=True)]
    recipient: Annotated[str, Key("Only findings about this recipient.")] = ""
    categories: Annotated[tuple[str, ...], Key("Only findings about this data.", kind="category")] = ()
    question: Annotated[str, Key("Only the question of this name, for rules on the policy that ask some.")] = ""
    approved_by: Annotated[str, Key("Who approved it.")] = ""
    approved_on: Annotated[str, Key("The day on which it was approved.", kind="date")] = ""
    until: Annotated[str, Key("Last day on which it holds.", kind="date")] = ""


class AdequacyEntry(Element, frozen=True, kw_only=True):
    """An adequacy decision as the policy knows it: it takes the place of what privlint ships for the country."""

    country: Annotated[str, Key("The country that is decided on.", kind="country", required=True)]
    reason: Annotated[str, Key("Why the policy states it, and where it was read.", required=True)]
    in_force_from: Annotated[str, Key("First day.", kind="date")] = ""
    expires: Annotated[str, Key("Last day.", kind="date")] = ""
    needs_certification: Annotated[bool, Key("It covers certified recipients only.")] = False
    repealed: Annotated[bool, Key("There is no decision any more.")] = False


class ModelTables(msgspec.Struct, frozen=True, kw_only=True):
    """What the project's own code does, in the words of `rules/libraries`."""

    callable: Annotated[tuple[CallableModel, ...], Key("Callables: sinks, propagators, sanitizers, sources.")] = ()
    attribute: Annotated[tuple[AttributeModel, ...], Key("Attributes: their types, or personal data.")] = ()
    field: Annotated[tuple[FieldModel, ...], Key("Calls that describe instance attributes.")] = ()
    type: Annotated[tuple[ClassModel, ...], Key("Classes: bases, stores, entry points.")] = ()
    handover: Annotated[tuple[HandoverModel, ...], Key("Decorators whose functions are called later.")] = ()
    region: Annotated[tuple[RegionSwitch, ...], Key("Parameters that decide where data goes.")] = ()


# What the strings of the library models name; the models themselves belong to `rules/` as well.
MODEL_KEYS: dict[tuple[type, str], Key] = {
    (SinkModel, "kind"): Key("Kind of sink.", kind="sink"),
    (HandoverModel, "kind"): Key("Kind of sink that handing over is.", kind="sink"),
    (CallableModel, "source"): Key("Category of what it returns.", kind="own_category"),
    (CallableModel, "subject"): Key("Whose data it returns.", kind="subject"),
    (AttributeModel, "source"): Key("Category of what it holds.", kind="own_category"),
    (AttributeModel, "subject"): Key("Whose data it holds.", kind="subject"),
}


class PolicyFile(msgspec.Struct, kw_only=True):
    """privlint.toml: what a privacy policy says, and where the code keeps it."""

    policy: Annotated[Header, Key("The policy itself.", required=True)] = Header()
    controller: Annotated[Controller | None, Key("Who is responsible.")] = None
    authority: Annotated[Contact | None, Key("The supervisory authority.")] = None
    dpo: Annotated[Contact | None, Key("The data protection officer.")] = None
    subjects: Annotated[dict[str, Subject], Key("Whose data is processed.")] = {}
    categories: Annotated[
        dict[str, OwnCategory], Key("Categories beside the taxonomy.", keys="dotted", shorthand="label")
    ] = {}
    groups: Annotated[dict[str, Group], Key("The policy's own words for several categories.")] = {}
    purposes: Annotated[dict[str, Purpose], Key("Why data is processed.")] = {}
    recipient_classes: Annotated[dict[str, RecipientClass], Key("Kinds of recipients that the prose announces.")] = {}
    sharing: Annotated[Sharing | None, Key("Sharing in general.")] = None
    transfers: Annotated[Transfers | None, Key("Third countries in general.")] = None
    retention: Annotated[dict[str, Retention], Key("How long data is kept.")] = {}
    rights: Annotated[dict[RightName, Right], Key("Rights of data subjects.")] = {}
    rights_contact: Annotated[RightsContact | None, Key("How rights are exercised.")] = None
    security: Annotated[Security | None, Key("Security measures.")] = None
    updates: Annotated[Updates | None, Key("Changes of the text.")] = None
    recipients: Annotated[dict[str, Recipient], Key("Concrete recipients.")] = {}
    code: Annotated[
        dict[str, str],
        Key("Which purpose a package, module, class or function serves.", kind="purpose", keys="pattern"),
    ] = {}
    data: Annotated[
        dict[str, DataEntry], Key("Declarations for code that cannot be annotated.", keys="field", shorthand="category")
    ] = {}
    sinks: Annotated[dict[SinkKind, SinkRule], Key("Purposes of whole kinds of sinks.")] = {}
    guards: Annotated[
        dict[str, tuple[str, ...]], Key("What proves a condition of the policy on a path.", kind="pattern")
    ] = {}
    enforced_by: Annotated[
        dict[str, tuple[str, ...]], Key("Code that keeps a promise.", kind="pattern", keys="promise")
    ] = {}
    exceptions: Annotated[tuple[ExceptionEntry, ...], Key("Approved deviations.")] = ()
    adequacy: Annotated[
        tuple[AdequacyEntry, ...], Key("Adequacy decisions that privlint does not know like that.")
    ] = ()
    models: Annotated[ModelTables | None, Key("What the project's own code does.")] = None
