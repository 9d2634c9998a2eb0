"""The constants that keep the analysis finite. They count things of the program, never time, so that a result does not
depend on the machine. A bound that cuts is counted (`Counts.cut`), it never widens to "anything"."""

from __future__ import annotations

MAX_PATH = 4  # elements of an access path; what lies deeper in containers is taken for its prefix
MAX_FACTS_PER_CONTEXT = 2_000  # facts of one body under one entry fact
FACTS_PER_INSTRUCTION = 2  # facts with short paths that a longer body may have for each of its instructions
MAX_CONTEXTS_PER_BODY = 64  # entry facts of one body
MAX_TYPES = 12  # alternatives of one expression
MAX_OVERRIDING_HEIRS = 64  # classes that are asked for a method of their own
MAX_PLACES = 512  # entries of a display that are told apart
MAX_SHIFTED = 64  # places of a list that are followed as others are put in before them
MAX_TYPE_ARGS_DEPTH = 4  # nesting of type arguments
MAX_CALLERS_FOR_TYPES = 5  # candidate units asked for what they pass as an untyped parameter
MAX_STORERS = 12  # units asked for what they store in an attribute of a library's object
MAX_UNIQUE_METHODS = 3  # candidates of a method that is resolved by its name alone
MAX_OVERRIDES = 40  # overrides of one method
MAX_MIXED_INTO = 12  # classes asked for an attribute that a mixin reads of itself and does not have
MAX_IMPLEMENTERS = 8  # classes that fit a protocol
MAX_PASSED_ON = 6  # callers that pass on what a method returned until it leaves
MAX_HANDED_ON = 4  # callers that hand on a function which they were given themselves
MAX_QUERY_DEPTH = 2_000  # nested type questions
MAX_QUERY_ROUNDS = 4  # how often a question that runs in a circle is asked again
MAX_TRACE_STEPS = 100
MAX_PURPOSE_DEPTH = 12  # callers above the top frame of a flow
MAX_PURPOSE_UNITS = 400
MAX_TEXT_DEPTH = 40  # nested questions for a constant text
MAX_CALLERS_FOR_WRITES = 40  # candidate units that are told what a body wrote into its parameter's object
MAX_MAKER_STEPS = 200  # values looked at to find what made an object
MAX_SOURCE_LENGTH = 60  # characters of source that the message of a step repeats
MAX_GUESSED_CALLERS = 250  # candidate units of a call by name; beyond, only receivers that the index knows
MAX_KNOWN_KEYS = 40  # names that a computed key is told apart by
MAX_NESTED_SERIALIZERS = 3  # serializers within serializers, and lists of names that are put together
MIN_LOOK_UPS = 3  # units that call a function, for it to be taken for a look-up of others
MAX_JOINED = 20  # values looked at to see how the source calls one
MAX_COPY_STEPS = 40  # values looked at to see that an item of a copy was made of the item under the same key
MAX_OWNERS_PER_BODY = 40  # heirs whose own data is kept apart in a method that they share
