"""What is known of code that is not read: the types of `rules/libraries/*.toml` and of a project's own recipients.

Names are qualified by import name. An instance is written as its class, and a call in the middle loses its
parentheses: `openai.OpenAI.chat.completions.create` is `openai.OpenAI().chat.completions.create`. Where a call's first
argument decides, it is written out: `boto3.client("ses").send_email`; so is a keyword whose constant decides:
`django.db.models.QuerySet.values_list(flat=True)`. The name with the constant is looked up first.

Ports: `self` (the receiver), `return`, a parameter's name, a position ("0", "1"), `*` (positional arguments without a
name of their own), `**` (the mapping of keyword arguments without one), `any` (all arguments); with a path: `.name`,
`['key']`, `[0]`, `[*]` (any element; of a mapping that is an argument its keys too), `[key]` (the keys of a mapping),
`[value]` (what lies under a key that is a text), `[=0]` or `[=name]` (the item whose key or position that argument
holds; any item if it is no constant), `.*` (any attribute), `.=0` (the attribute that argument names). A flow is "PORT
-> PORT"; one between `.*` and `[*]` keeps the name: "0.* -> return[*]" turns attribute `.email` into item `['email']`,
as `asdict` does; so does one between two of `[value]`.

Types: a qualified class name (an instance of it), `type[X]` (the class), `list[X]`, `dict[K, V]`, `tuple[X, Y]`,
`iter[X]`, `X | Y`, `Self` (the receiver, its own type arguments included), `$0` (the receiver's first type argument),
`arg:NAME` or `arg:0` (an instance of the class that is passed there; a string names a class of the project),
`attr:model` (an instance of the class that attribute `model` of the receiver's class holds; `attr:form.Meta.model`
leads through inner classes and classes that attributes hold), `result:get_object` (what that method of the receiver
gives), `each:rows` (an element of that attribute, or of what that method gives), `value:0` (the type of the argument
itself), `elem:0` (the type of its elements), `call:0` (what calling it returns), `row:0` (as `arg:0` for one class; of
several classes and columns a tuple), `owner` (for [[attribute]]: the class that has it). Type parameters are given in
brackets:
`django.db.models.QuerySet[owner]`.
"""

from __future__ import annotations

import msgspec

SINK_KINDS = (
    "service",
    "mail",
    "message",
    "queue",
    "log",
    "exception",
    "file",
    "export",
    "response",
    "client",
    "cache",
    "url",
    "process",
    "store",
)


class SinkModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where data leaves. `data` are the ports that leave; `url` the port that names the destination (its own data is
    a sink of kind url as well, unless `url_data` is false); `recipient` the catalogue's id or the policy's name.

    `deep`: objects are serialised, so what their fields hold leaves too; None takes the kind's default (service, queue,
    file, export, response, cache, client: yes; log, mail, message, exception, url, process: no).

    `method`: what that method of an object gives leaves for it, not the text of the object.

    `own`: what it talks to is one's own (a database server, a search cluster) unless the code names a host of somebody
    else; then a destination that cannot be resolved is no finding. `encrypts` are parameters which, if given, have the
    service encrypt what it stores."""

    kind: str
    data: tuple[str, ...] = ("any",)
    url: str = ""
    url_data: bool = True
    recipient: str = ""
    deep: bool | None = None
    method: str = ""
    own: bool = False
    encrypts: tuple[str, ...] = ()


class CallableModel(msgspec.Struct, frozen=True, eq=False, forbid_unknown_fields=True):
    """One callable, or several that behave alike. `params` are the names of positional parameters in order (without
    self), to map positions to names ("" where the name plays no part). Without `flow` nothing passes through (but see
    `carries`).

    `flow`: argument to result, argument to receiver, receiver to result. `carries`: short for "any -> return" and "self
    -> return". `clean`: the result is no personal data whatever went in. `mark`: "pseudonymous" where the result is a
    hash, token or encryption of what went in. `deep`: objects are serialised, so a flow takes what their fields hold
    too. `picks` and `drops` are ports of constant names: of the attributes that a flow from `.*` takes, only those
    named in `picks` (all, if nothing is named there) and none named in `drops`. `calls`: a port that is called:
    "func(0[*])" calls the argument `func` with elements of argument 0; "-> return[*]" puts its result there. `entry`:
    decorating a function with it makes that function an entry point; `response`: what the entry point returns leaves as
    a response; `handler` is the port of a function that becomes such an entry point by being passed. `parses`: it reads
    text, so nothing lies in what it is given: only data that is its argument passes. `validates`: the object that it
    returns is made as its class, a schema, declares. `listed` ("self" or "return"): the class of that object lists them
    too, in its body (`email = fields.Email()`, under the name that a keyword `attribute` gives) or in its
    `Meta.fields`. `shows`: arguments are made text of, so objects of the program tell what their `__str__` ("str"),
    `__repr__` ("repr") or `__format__` ("format") says. `holds` is a parameter whose object the result keeps and writes
    into: what lies below the result's attribute of that name lies in that object. `like` is the method of the kept
    object that a call writes by: where the type of that object (the first type argument of the receiver) is known, the
    sinks are those of its method. `replaces`: a keyword puts something else where the object, its first argument or the
    receiver, had an attribute of that name. `part`: what it returns is this port of the receiver itself, so what is put
    into the one is in the other. `within` is the parameter whose object the result is a part of: what is written into
    the part lies in that object. `iterates`: it goes through its arguments, so of a mapping it takes the keys. `moves`:
    what lies in the receiver afterwards lies in other places. `writes`: parameters that are mappings of what is put
    into fields of its receiver's rows, `**` for its keywords. `shifts`: which places, where one is put in or taken out
    at the parameter's place ("in index", "out index"; without an argument the last one) or all change ("reverse").
    `empties`: the receiver holds nothing afterwards.
    `removes`: the parameter that names the item which the receiver no longer holds afterwards. `decorates`: what
    decorating with it makes: "property", a method that is read as an attribute; "field", a method that stands for the
    field whose declaration it returns; "record", a class whose constructor and text list its fields; "dispatch", a
    function whose `register` decorates others that run in its place, by the class of the first argument. `field`: a
    class attribute that a call of it is assigned to is such a field. `record`: the port that names the fields of the
    class which it makes (`namedtuple`). `gives`: types of the parameters of a function that it decorates, by name or
    position: `gives = { instance = "arg:sender" }`. `rows` is where a query puts rows of the columns that it is given,
    each under its position and its name; `single` where it puts the value itself, if there is one column; `rows_by`
    says under what a value lies in its row: "position", "attribute", "name" (an item). A text leads to a column from
    the objects of the receiver (`order__customer__email`); the texts among the arguments of a `column` do too; `label`
    is the method of a column that gives it another name. `method`: a class attribute that a call of it is assigned to
    stands for what a method of the class returns (`get_{}`). `derives`: it stands for other attributes, those that this
    argument names; of several arguments each names them on what the one before gives. `nests` is the parameter of the
    declaration of a field that names the class which writes the object in it, `computes` the one that is given a
    function of the object, or a method by its name. `hands`: type of the first argument of functions that are passed to
    it in a table of routes. `presumed`: a method of that name, of an object of which nothing is known, is this one if
    anything of this tells so: "called", the object is called like its class; "stored", the first argument is a class
    whose instances are rows of a database or an attribute of one; "row", an argument is such a row; "function", the
    first argument is one of the program's; "keywords", it has keyword arguments only; a class of the library, an
    argument is it, an heir or an instance. `reads`: it gives what that attribute of its receiver holds. `connects`
    names the parameter that is a signal ("self": it is a method of one), which the function that it decorates, or is
    given first, is connected to: it is called with the arguments of every call on that signal which `emits`, and what
    it returns goes to the port written there. `states` are types of attributes of a class, as if its body bound them to
    classes: of the one that it decorates or, called for itself, of the one that parameter `of` is given.
    """

    name: tuple[str, ...]
    params: tuple[str, ...] = ()
    returns: str = ""
    flow: tuple[str, ...] = ()
    carries: bool = False
    clean: bool = False
    mark: str = ""
    deep: bool = False
    parses: bool = False
    validates: bool = False
    shows: str = ""
    picks: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()
    listed: str = ""
    calls: tuple[str, ...] = ()
    sink: tuple[SinkModel, ...] = ()
    entry: bool = False
    response: bool = False
    handler: str = ""
    limits: str = ""  # the keyword of a response's model: of an object only what that declares leaves
    source: str = ""  # category of what it returns
    subject: str = ""
    init: str = ""  # recipient whose SDK this call initialises
    holds: str = ""
    like: str = ""
    empties: bool = False
    part: str = ""
    within: str = ""
    replaces: bool = False
    iterates: bool = False
    moves: bool = False
    writes: tuple[str, ...] = ()
    shifts: str = ""
    removes: str = ""
    decorates: str = ""
    field: bool = False
    record: str = ""
    gives: dict[str, str] = {}
    rows: str = ""
    single: str = ""
    states: dict[str, str] = {}
    of: str = ""
    reads: str = ""
    connects: str = ""
    emits: str = ""
    rows_by: tuple[str, ...] = ("position", "attribute")
    column: bool = False
    label: str = ""
    method: str = ""
    hands: str = ""
    presumed: tuple[str, ...] = ()
    nests: str = ""
    computes: str = ""
    derives: tuple[str, ...] = ()


class AttributeModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Attribute `name` of class `owner` (and its subclasses): its type, or personal data of a category. `*` in `name`
    stands for every attribute that is not found otherwise; `name` may lead to a constant item:
    `META['REMOTE_ADDR']`. `shows` is a type: the attribute holds the declared fields of its instances under their
    names, one such mapping per object if the owner was made with `many=True`; `names` is the attribute of the owner's
    class that lists which (`Meta.fields`), all of them if it does not tell, and `drops` the one that lists which not. A
    field that the class declares by a call is written for the attribute that keyword `renames` names (of the object
    that lies there, for the one that keyword `inner` names), and not at all if keyword `hides` is true. `shared`: what
    is put into the object that it holds is there wherever the attribute is read (the session of a request)."""

    owner: str
    name: str
    type: str = ""
    source: str = ""
    subject: str = ""
    sink: tuple[SinkModel, ...] = ()  # assigning to it sends
    carries: bool = False  # reading it gives what the object holds
    clean: bool = False  # reading it gives nothing of what the object was made of
    gathers: str = ""  # it is a mapping of what the attribute of this name holds in each attribute of the owner
    shows: str = ""
    names: str = ""
    drops: str = ""
    renames: str = ""
    inner: str = ""
    hides: str = ""
    shared: bool = False


class FieldModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A class attribute whose value is a call of `name` describes an instance attribute of type `type`:
    `author = models.ForeignKey(User)`. `reverse` is the keyword (or "") that names the relation on the other class,
    `reverse_default` the name without it (`{class}` is the owner's name in lower case), `reverse_type` its type.
    `namesake`: classes of libraries without a model whose name ends in that of the class are taken for such fields."""

    name: tuple[str, ...]
    type: str
    reverse: str = ""
    reverse_default: str = ""
    reverse_type: str = ""
    namesake: bool = False


class ClassModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bases`: what it inherits from, so that models of the base hold. `stores`: its instances are rows of a database
    (a write into an attribute is a `store` sink). `schema`: its fields are declared to say what goes in or out.
    `entry`: methods of a subclass named in it are entry points and, if `response`, what they return leaves as a
    response. `bound`: an instance that is assigned in the body of a class belongs to it, so its first type argument is
    that class (`objects = PersonManager()`). `indexed`: its annotated fields are its elements too, in their order
    (`NamedTuple`). `responds`: methods whose result is shown to whoever asked, such as the names for a template.
    `gives`: types of untyped parameters of its methods, by name. `called`: names that are kept for its instances, so
    that a parameter or attribute of that name of which nothing else is known is one; what the program stores in an
    attribute of such an object is looked up. `role`: "record", the constructor and the text of subclasses list their
    fields; "masked", its text tells nothing of what it holds; "wrapper", in an annotation it stands for its argument
    (`Mapped[X]`). `namesake`: classes of libraries without a model whose name ends in that of the class are taken for
    heirs of it. `builds` are methods of the library that build a response by themselves: each with the method of the
    same object that it leaves that to, "" if it does it; `built` is the type of what they write out. `lists` are
    attributes that list what is shown of the objects of type `attr:model`: their own attributes, and methods of the
    class."""

    name: str
    bases: tuple[str, ...] = ()
    stores: bool = False
    schema: bool = False
    entry: tuple[str, ...] = ()
    response: bool = False
    bound: bool = False
    indexed: bool = False
    responds: tuple[str, ...] = ()
    namesake: bool = False
    builds: dict[str, str] = {}
    built: str = ""
    lists: tuple[str, ...] = ()
    gives: dict[str, str] = {}
    called: tuple[str, ...] = ()
    role: str = ""
    iterates: str = ""  # type of the elements of an iteration over an instance, "$0" for its type argument


class HandoverModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A function decorated with one of `decorators` gains methods that call it later: `send_mail.delay(x)`.
    `call` maps a method to how its arguments become those of the function: "same", or the keywords that hold the
    positional and the keyword arguments ("args,kwargs")."""

    decorators: tuple[str, ...]
    call: dict[str, str]
    kind: str = "queue"


class RegionSwitch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameter `param` of `call` decides where data goes. `values` maps a constant to a country, an area ("EEA"),
    several of which any may be meant ("EEA, CH") or "*" (more than one country); its key "*" stands for any other
    value, "" for none given, `eu.*` for what begins so, a dotted name for a member of an enumeration; `provider` (aws,
    gcp, azure) reads it as a region of that cloud; `recipients` maps a constant to the recipient that it chooses;
    `host`: the value is a host or URL, and that host decides (`vendor`: but one that nobody knows is the recipient's
    all the same, a domain that its customers have there). `param` may name an item: `config['url']`. `env` are
    variables of the environment that stand for it.

    `set` are assignments that do the same. `self.host` (or `self.variables['site']`) is written on what `call` makes,
    `self.set_region()` is a method of that which is given the value; a dotted name (`posthog.host`) is an attribute of
    a module or class of the library, and holds for every call that hands data to `recipient` and that no client with a
    switch of its own decides."""

    call: tuple[str, ...] = ()
    param: str = ""
    position: int = -1
    set: tuple[str, ...] = ()
    recipient: str = ""
    values: dict[str, str] = {}
    provider: str = ""
    host: bool = False
    vendor: bool = False
    recipients: dict[str, str] = {}
    env: tuple[str, ...] = ()


class OptionModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Parameter `param` of `call` makes an SDK ship data by itself. `ships` are the constants that do ("*": any that is
    given, "": leaving it out; True and False are written "True" and "False"), `what` says in plain words what then
    leaves, `fix` the argument that stops it (`send_default_pii=False`), `since` the version it holds from."""

    call: tuple[str, ...]
    param: str
    ships: tuple[str, ...]
    what: str
    fix: str = ""
    recipient: str = ""
    since: str = ""


class TransportModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What leaves data unprotected on its way. `call` is the call that sends or the one that makes the client.

    Certificate checks are off where `param` has one of `values`: constants as text ("False", "CERT_NONE"), qualified
    names of members or of calls (`ssl._create_unverified_context`), "" for leaving it out. An attribute of that name,
    set on what the call makes, counts as well. Without `param` the protocol `plain` ("http", "ftp", "smtp") has no
    protection, unless the client's methods `unless` are called."""

    call: tuple[str, ...]
    param: str = ""
    position: int = -1
    values: tuple[str, ...] = ()
    plain: str = ""
    unless: tuple[str, ...] = ()


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A service as the catalogue knows it. `country`: where the company is established; `location`: where data goes
    unless code or policy say otherwise. `checked` says how each group of facts was checked; countries from memory are
    unconfirmed. `checked_on` is an ISO date. Country and location are ISO codes, an area ("EEA"), "*" for more than one
    country, or "" for not known.

    `domains` are hosts, their subdomains included, or patterns with `*`. `locations` maps hosts and patterns of that
    kind, which count as domains too, to where their servers stand; `provider` (aws, gcp, azure): a label of the host is
    a region of that cloud."""

    id: str
    name: str
    category: str
    packages: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    country: str = ""
    location: str = ""
    locations: dict[str, str] = {}
    provider: str = ""
    region_choice: str = ""
    region_note: str = ""
    note: str = ""
    source: str = ""
    checked: str = ""
    checked_on: str = ""
    confirmed: bool = False


class Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of `rules/libraries`: `imports` are the top-level or dotted import names it describes, `requires` those
    whose models it builds on (a framework under a framework). `aliases` maps a prefix that the same things can be
    imported by to the one the models use: `"django.http.response" = "django.http"`."""

    imports: tuple[str, ...]
    package: str = ""
    version: str = ""  # read in this version
    aliases: dict[str, str] = {}
    requires: tuple[str, ...] = ()
    recipient: tuple[Recipient, ...] = ()
    callable: tuple[CallableModel, ...] = ()
    attribute: tuple[AttributeModel, ...] = ()
    field: tuple[FieldModel, ...] = ()
    type: tuple[ClassModel, ...] = ()
    handover: tuple[HandoverModel, ...] = ()
    region: tuple[RegionSwitch, ...] = ()
    option: tuple[OptionModel, ...] = ()
    transport: tuple[TransportModel, ...] = ()


class Region(msgspec.Struct, frozen=True):
    provider: str
    name: str
    country: str


class Models(msgspec.Struct):
    """All models that a program can meet, merged: those of the libraries it imports, and the project's own, which win.

    Look-ups by qualified name; `recipients` by id, and `settings` (switches that are assigned to) by the id of theirs;
    `regions` by (provider, region name) to an ISO country."""

    callables: dict[str, CallableModel] = {}
    attributes: dict[tuple[str, str], AttributeModel] = {}
    fields: dict[str, FieldModel] = {}
    classes: dict[str, ClassModel] = {}
    handovers: dict[str, HandoverModel] = {}
    switches: dict[str, list[RegionSwitch]] = {}
    settings: dict[str, list[RegionSwitch]] = {}
    options: dict[str, list[OptionModel]] = {}
    transports: dict[str, list[TransportModel]] = {}
    recipients: dict[str, Recipient] = {}
    regions: dict[tuple[str, str], str] = {}
    own_domains: tuple[str, ...] = ()  # hosts of the policy's own service


class Category(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name of the taxonomy. Flags hold for what lies below it too. `special`: Art. 9; `criminal`: Art. 10; `child`:
    Art. 8; `national`: a national number (Art. 87); `secret`: never to be stored or shown in plain form. `iri` (W3C
    DPV) and `fides` are for export only."""

    label: str = ""
    special: bool = False
    criminal: bool = False
    secret: bool = False
    child: bool = False
    national: bool = False
    iri: str = ""
    fides: str = ""


class Taxonomy(msgspec.Struct, frozen=True):
    """Dotted category names to what is known of them; a name covers those that begin with it and a dot."""

    names: dict[str, Category] = {}


class Adequacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A legal fact: `home` (an area: "EEA", "GB", "CH") has found `country` (ISO code) adequate. Dates are ISO
    (YYYY-MM-DD), `expires` is the last day or "". `needs_certification`: only recipients on a list (US: Data Privacy
    Framework). `partial`: `scope` leaves something out; `excludes` names sectors ("public") that are left out.
    `unconfirmed`: written down from memory, so a judgement that rests on it says so."""

    home: str
    country: str
    name: str
    in_force_from: str
    expires: str = ""
    scope: str = ""
    needs_certification: bool = False
    partial: bool = False
    excludes: tuple[str, ...] = ()
    unconfirmed: bool = False
    decision: str = ""
    source: str = ""
    checked_on: str = ""


class LawBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A legal basis: its article, how a message calls it, and words by which a text speaks of it."""

    article: str
    label: str
    words: tuple[str, ...] = ()


class LawRight(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A right: its article, how a message calls it, and the bases that give it ("*": any; or "direct_marketing",
    "automated_decision" for such uses). `not_for`: bases under which it may be refused."""

    article: str
    label: str
    bases: tuple[str, ...] = ("*",)
    not_for: tuple[str, ...] = ()


class NoticeItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people have to be told, or what a record has to hold. `stated` are key paths of the policy, "*" for any
    name: one of them must be there. `applies`: only where the policy has such a thing; see the check that reads it."""

    label: str
    article: str
    stated: tuple[str, ...] = ()
    applies: str = ""


class Law(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The law of a home area. `cite` stands before the number of an article. `like`: the home whose tables it shares
    where it has none. `needs_basis`: every processing needs a basis. `articles`: what a rule rests on, by its code.
    `record`: the articles that ask a controller, and a processor, for a record of processing, `record_items` what that
    has to hold. `conditions`: under which special categories of data may be used, by article."""

    home: str
    name: str
    cite: str
    in_force_from: str = ""
    expires: str = ""
    like: str = ""
    needs_basis: bool = True
    unconfirmed: bool = False
    source: str = ""
    checked_on: str = ""
    bases: dict[str, LawBasis] = {}
    rights: dict[str, LawRight] = {}
    notice: tuple[NoticeItem, ...] = ()
    articles: dict[str, tuple[str, ...]] = {}
    record: tuple[str, ...] = ()
    record_items: tuple[NoticeItem, ...] = ()
    conditions: dict[str, str] = {}


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question that the text leaves to its authors. It is asked where every one of `words` (regular expressions)
    stands in the text of the part that it is `about` ("prose", or a table such as "purposes", "retention"), none of
    `unless` stands in the whole text, and the policy has none of `unless_stated` (key paths) and no category of
    `unless_category`. `rule`: the code under which it is asked; `ask` may use {label} and {words}."""

    rule: str
    name: str
    about: str
    ask: str
    words: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unless_stated: tuple[str, ...] = ()
    unless_category: tuple[str, ...] = ()
    article: tuple[str, ...] = ()


class SectionKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the policy, and a regular expression for headings of the sections that it stands for."""

    table: str
    heading: str


class Review(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What helps to read a text: questions, words for one thing, words that say little."""

    question: tuple[Question, ...] = ()
    section: tuple[SectionKind, ...] = ()
    right_words: dict[str, str] = {}
    synonyms: tuple[tuple[str, ...], ...] = ()
    data_words: tuple[str, ...] = ()
    data_words_not_after: tuple[str, ...] = ()
    data_words_not_before: tuple[str, ...] = ()
    people_words: tuple[str, ...] = ()
    empty_words: tuple[str, ...] = ()
    reason_words: tuple[str, ...] = ()
    account_words: tuple[str, ...] = ()
    message_words: tuple[str, ...] = ()
    marketing_words: tuple[str, ...] = ()
    example_words: tuple[str, ...] = ()
    processor_words: tuple[str, ...] = ()
    hedge_words: tuple[str, ...] = ()
    common_words: dict[str, tuple[str, ...]] = {}
    checked_on: str = ""


class Jurisdictions(msgspec.Struct, frozen=True):
    """`areas`: "EEA", "GB", "CH" (and "EU") to the ISO codes inside, sorted, territories that count in included.
    `names`: ISO code to country name. `laws`: by home. `checked_on`: when the facts were last reviewed, an ISO date."""

    areas: dict[str, tuple[str, ...]] = {}
    decisions: tuple[Adequacy, ...] = ()
    names: dict[str, str] = {}
    checked_on: str = ""
    laws: dict[str, Law] = {}
