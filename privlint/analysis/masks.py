"""Sets of data items as bits of one integer.

An item is a declared field or a class of objects that declare fields (a carrier). Each item has six lanes: plain or
pseudonymous, and how many doubtful steps lie behind it (0 to 2; what needs more is dropped). Bit `lane * width + item`
says: the item is here, in that state.
"""

from __future__ import annotations

DOUBTS = 3  # lanes of one form: certain, one doubtful step, two
LANES = 2 * DOUBTS


def doubts(lane: int) -> int:
    """How many doubtful steps a lane stands for; 0 is certain."""
    return lane % DOUBTS


def is_pseudonymous(lane: int) -> bool:
    return lane >= DOUBTS


class Lanes:
    """Operations on masks over `items` items, the first `fields` of which are fields and the rest carriers."""

    def __init__(self, fields: int, carriers: int) -> None:
        self.width = width = max(fields + carriers, 1)
        self.fields = fields
        one = (1 << width) - 1
        self.lane = tuple(one << (width * lane) for lane in range(LANES))
        scalar = (1 << fields) - 1
        self.scalars = sum(scalar << (width * lane) for lane in range(LANES))
        self.carriers = sum(self.lane) & ~self.scalars
        self._certain = self.lane[0] | self.lane[DOUBTS]
        self._once = self.lane[1] | self.lane[DOUBTS + 1]
        self._plain = self.lane[0] | self.lane[1] | self.lane[2]

    def likely(self, mask: int) -> int:
        """The same items, no longer certain."""
        certain = mask & self._certain
        return (mask & ~certain) | (certain << self.width) if certain else mask

    def doubted(self, mask: int) -> int:
        """The items after one more doubtful step; what had two already is gone."""
        return (mask & (self._certain | self._once)) << self.width

    def guessed(self, mask: int) -> int:
        """The items after a step that only fits if the doubtful ones among them are structures: those doubt it more."""
        certain = mask & self._certain
        return certain | self.doubted(mask & ~certain)

    def pseudonymous(self, mask: int) -> int:
        """The same items, hashed or tokenised."""
        plain = mask & self._plain
        return (mask & ~plain) | (plain << (DOUBTS * self.width))

    def shift(self, mask: int, lane: int) -> int:
        for _ in range(doubts(lane)):
            mask = self.doubted(mask)
        return self.pseudonymous(mask) if is_pseudonymous(lane) else mask

    def through(self, mask: int, summary: int) -> int:
        """`mask` after a way whose effect on a token (item 0) is `summary`."""
        result = 0
        for lane in range(LANES):
            if summary >> (self.width * lane) & 1:
                result |= self.shift(mask, lane)
        return result

    def new(self, known: int, mask: int) -> int:
        """What `mask` adds to `known`: an item is not told again with more doubts than it has."""
        mask &= ~known
        if not mask:
            return 0
        certain = known & self._certain
        once = (known & self._once) | (certain << self.width)
        return mask & ~(certain << self.width) & ~(once << self.width)

    def among(self, mask: int, other: int) -> int:
        """What of `mask` are items that `other` holds in whatever state."""
        items = 0
        for lane in range(LANES):
            items |= (other >> (self.width * lane)) & self.lane[0]
        return mask & sum(items << (self.width * lane) for lane in range(LANES))

    def of(self, item: int, lane: int = 0) -> int:
        return 1 << (self.width * lane + item)

    def items(self, mask: int) -> list[tuple[int, int]]:
        """(item, lane) of every bit, ascending by lane, then item."""
        found = []
        while mask:
            low = mask & -mask
            lane, item = divmod(low.bit_length() - 1, self.width)
            found.append((item, lane))
            mask ^= low
        return found
