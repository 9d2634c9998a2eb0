"""Sets of data items as bits of one integer.

An item is a declared field or a class of objects that declare fields (a carrier). Each item has four lanes: plain or
pseudonymous, certain or likely. Bit `lane * width + item` says: the item is here, in that state.
"""

from __future__ import annotations

LIKELY = 1
PSEUDONYMOUS = 2


class Lanes:
    """Operations on masks over `items` items, the first `fields` of which are fields and the rest carriers."""

    def __init__(self, fields: int, carriers: int) -> None:
        self.width = width = max(fields + carriers, 1)
        self.fields = fields
        one = (1 << width) - 1
        self.lane = tuple(one << (width * lane) for lane in range(4))
        scalar = (1 << fields) - 1
        self.scalars = sum(scalar << (width * lane) for lane in range(4))
        self.carriers = sum(self.lane) & ~self.scalars

    def likely(self, mask: int) -> int:
        """The same items, no longer certain."""
        certain = mask & (self.lane[0] | self.lane[2])
        return (mask & ~certain) | (certain << self.width)

    def pseudonymous(self, mask: int) -> int:
        """The same items, hashed or tokenised."""
        plain = mask & (self.lane[0] | self.lane[1])
        return (mask & ~plain) | (plain << (2 * self.width))

    def shift(self, mask: int, lane: int) -> int:
        if lane & LIKELY:
            mask = self.likely(mask)
        return self.pseudonymous(mask) if lane & PSEUDONYMOUS else mask

    def through(self, mask: int, summary: int) -> int:
        """`mask` after a way whose effect on a token (item 0) is `summary`."""
        result = 0
        for lane in range(4):
            if summary >> (self.width * lane) & 1:
                result |= self.shift(mask, lane)
        return result

    def new(self, known: int, mask: int) -> int:
        """What `mask` adds to `known`: an item that is certain already is not told again as likely."""
        mask &= ~known
        certain = known & (self.lane[0] | self.lane[2])
        return mask & ~(certain << self.width)

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
