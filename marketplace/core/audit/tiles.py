"""The addresses of tiles: rows of 256 hashes in which the public log is given out. Pure.

Source: c2sp.org/tlog-tiles, with height 8; `docs/verification.md`, section 6.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from marketplace.core.audit import tree

HEIGHT = 8
WIDTH = 1 << HEIGHT

# No tree of 2**60 leaves exists; a longer number is a mistake or mischief.
_ADDRESS = re.compile(
    r"(?P<level>0|[1-9])/(?P<index>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class BadAddress(ValueError):
    """A text is no tile's address; the message says what was expected."""


@dataclass(frozen=True)
class Tile:
    """The first `width` hashes, 1 to 256, of the tile at `level` and `index`.

    They are those of the subtrees of 256**level leaves each, from leaf `index` * 256**(level + 1).
    """

    level: int
    index: int
    width: int = WIDTH

    def __str__(self) -> str:
        """Write the address: level, index in groups of three digits, width where not full."""
        groups = []
        index = self.index
        while True:
            index, rest = divmod(index, 1000)
            groups.append(f"{rest:03d}")
            if not index:
                break
        path = "/".join([*(f"x{group}" for group in groups[:0:-1]), groups[0]])
        return f"{self.level}/{path}" + ("" if self.is_full else f".p/{self.width}")

    @property
    def is_full(self) -> bool:
        """Tell whether no further hash will ever belong to it."""
        return self.width == WIDTH

    @property
    def covers(self) -> int:
        """Give the size from which on a tree has all of its hashes."""
        return (self.index * WIDTH + self.width) << (HEIGHT * self.level)

    @property
    def nodes(self) -> list[tree.Node]:
        """Name the nodes of the tree whose hashes it holds, in order."""
        start = self.index * WIDTH
        return [(HEIGHT * self.level, place) for place in range(start, start + self.width)]


def parse(address: str) -> Tile:
    """Read an address such as `0/x001/234` or `1/000.p/7`.

    Raises:
        BadAddress: it has another form; each tile has one address only.
    """
    found = _ADDRESS.fullmatch(address)
    if found is not None:
        index = int(found["index"].replace("/", "").replace("x", ""))
        tile = Tile(int(found["level"]), index, int(found["width"] or WIDTH))
        if str(tile) == address:
            return tile
    raise BadAddress(
        "a tile's address is LEVEL/INDEX, or LEVEL/INDEX.p/WIDTH for its first 1 to 255 hashes;"
        " INDEX in groups of three digits, as in x001/x234/067"
    )


def of_size(size: int, level: int = 0) -> Iterator[Tile]:
    """Give the tiles of one level that a tree of `size` leaves has, the last perhaps partial."""
    hashes = size >> (HEIGHT * level)
    full, rest = divmod(hashes, WIDTH)
    yield from (Tile(level, index) for index in range(full))
    if rest:
        yield Tile(level, full, rest)
