"""The folder in which a copy is kept: the same files at the same places as below a site's `/log`.

Each file is written whole or not at all. `checkpoint` is written last: what it covers was checked,
and what lies beyond it is left over from a run that was stopped.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from marketplace.core.audit import keychain, signing, tiles, tree
from marketplace.core.audit.signing import Verifier
from marketplace.core.audit.tiles import Tile

_LOCK = ".lock"
_CHANGE_STARTS = f"{keychain.KEY_CHANGE}\n"


class Foreign(Exception):
    """The folder holds something else; the message names it."""


class Busy(Exception):
    """Another run is at work in the folder."""


class Damaged(Exception):
    """What is kept does not agree with itself; this says nothing about the site."""


class Folder:
    """A copy of a log, in `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the folder where it is missing, and keep other runs out.

        Raises:
            Foreign: it holds something else.
            Busy: another run is at work.
            OSError: it cannot be made or written.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        if any(self.path.iterdir()) and not (self.path / _LOCK).exists():
            raise Foreign(f"{self.path} is not empty and holds no copy of a log")
        with (self.path / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Busy(f"another run is at work in {self.path}") from error
            for draft in self.path.rglob(".*.draft"):  # of a run that was stopped
                draft.unlink()
            yield

    def keys(self) -> list[Verifier]:
        """Give the trusted keys, in the order in which they came to be trusted.

        Raises:
            Damaged: the file holds something else.
        """
        try:
            return [signing.parse_verifier(line) for line in self._text("keys").splitlines()]
        except signing.BadKey as error:
            raise Damaged(f"{self.path / 'keys'}: {error}") from error

    def changes(self) -> list[str]:
        """Give the notes by which one trusted key named another."""
        return part_changes(self._text("key-changes"))

    def keep_keys(self, keys: Sequence[Verifier], changes: Sequence[str]) -> None:
        """Keep the trusted keys, and what led from one to another."""
        if changes:
            self._write("key-changes", "\n".join(changes).encode())
        self._write("keys", "".join(f"{key}\n" for key in keys).encode())

    def newest(self) -> str | None:
        """Give the newest note that was checked; None before the first."""
        return self._text("checkpoint") or None

    def notes(self) -> dict[int, str]:
        """Give all notes that were checked, by their sizes."""
        folder = self.path / "checkpoints"
        names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        return {int(name): self._text(f"checkpoints/{name}") for name in names if name.isdigit()}

    def keep_note(self, size: int, note: str) -> None:
        """Keep a note that was checked: from now on it is what later ones must agree with."""
        self._write(f"checkpoints/{size}", note.encode())
        self._write("checkpoint", note.encode())

    def tile(self, wanted: Tile) -> bytes | None:
        """Read a tile as it is kept, from a wider one where need be; None where there is none."""
        for kept in (wanted, *self._wider(wanted)):
            try:
                found = self._place(kept).read_bytes()
            except FileNotFoundError:
                continue
            if len(found) == kept.width * tree.HASH_BYTES:
                return found[: wanted.width * tree.HASH_BYTES]
        return None

    def keep_tile(self, tile: Tile, hashes: bytes) -> None:
        """Keep a tile."""
        self._write(f"tile/{tile}", hashes)

    def tidy(self, size: int) -> None:
        """Remove partial tiles that a tree of `size` leaves has outgrown."""
        for partial in (self.path / "tile").glob("**/*.p"):
            level, _, index = partial.relative_to(self.path / "tile").as_posix().partition("/")
            for file in list(partial.iterdir()):
                tile = tiles.parse(f"{level}/{index}/{file.name}")
                hashes = size >> (tiles.HEIGHT * tile.level)
                if min(hashes - tile.index * tiles.WIDTH, tiles.WIDTH) != tile.width:
                    file.unlink()
            if not any(partial.iterdir()):
                partial.rmdir()

    def keep_evidence(self, size: int, what: str, files: Mapping[str, bytes]) -> Path:
        """Keep what contradicts the copy. The same evidence is kept once."""
        told = {**files, "what.txt": f"{what}\n".encode()}
        mark = hashlib.sha256(b"".join(name.encode() + told[name] for name in sorted(told)))
        name = f"evidence/{size}-{mark.hexdigest()[:12]}"
        for file, content in told.items():
            self._write(f"{name}/{file}", content)
        return self.path / name

    def _wider(self, wanted: Tile) -> list[Tile]:
        if wanted.is_full:
            return []
        folder = self._place(wanted).parent
        names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        widths = sorted(int(name) for name in names if name.isdigit() and int(name) > wanted.width)
        return [Tile(wanted.level, wanted.index, width) for width in (*widths, tiles.WIDTH)]

    def _place(self, tile: Tile) -> Path:
        return self.path / f"tile/{tile}"

    def _text(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError as error:
            raise Damaged(f"{self.path / name} is no text") from error

    def _write(self, name: str, content: bytes) -> None:
        """Write a file so that it is there whole or not at all, even after a power cut."""
        place = self.path / name
        if place.is_file() and place.read_bytes() == content:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.draft")
        with draft.open("wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(draft, place)


def part_changes(text: str) -> list[str]:
    """Part a text into its changes of key; whatever else stands in it stays with them, and fails.

    Nothing but notes may come of it: a bare key that a site slipped in must not be trusted.
    """
    if not text.strip():
        return []
    start, *rest = text.split(_CHANGE_STARTS)
    notes = [_CHANGE_STARTS + part.rstrip("\n") + "\n" for part in rest]
    return [start, *notes] if start.strip() else notes


class Leaves:
    """The tree over the leaves that a folder keeps: hashes of its nodes, computed from tiles."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        # For each level from that of whole tiles on, the hashes of its complete subtrees.
        self._above: list[list[bytes]] = [[]]
        # The tile that was read last: a root's last few nodes all lie in one.
        self._last: tuple[int, list[bytes]] = (-1, [])

    def root(self, size: int) -> bytes:
        """Compute the root of the first `size` leaves.

        Raises:
            Damaged: a tile is missing.
        """
        self._reach(size >> tiles.HEIGHT)
        return tree.root_at(
            size, lambda nodes: {node: self._hash(*node) for node in reversed(nodes)}
        )

    def level(self, tile_level: int) -> Sequence[bytes]:
        """Give the hashes that tiles of a level from 1 on hold, as far as they were computed."""
        above = tiles.HEIGHT * (tile_level - 1)
        return self._above[above] if above < len(self._above) else []

    def _hash(self, level: int, index: int) -> bytes:
        if level >= tiles.HEIGHT:
            return self._above[level - tiles.HEIGHT][index]
        place, start = divmod(index << level, tiles.WIDTH)
        end = start + (1 << level)
        if self._last[0] != place or len(self._last[1]) < end:
            self._last = place, self._read(Tile(0, place, end))
        return _fold(self._last[1][start:end])

    def _read(self, tile: Tile) -> list[bytes]:
        found = self._folder.tile(tile)
        if found is None:
            raise Damaged(f"the tile {tile} is missing or cut short in {self._folder.path}")
        return [found[at : at + tree.HASH_BYTES] for at in range(0, len(found), tree.HASH_BYTES)]

    def _reach(self, whole: int) -> None:
        """Compute what so many whole tiles complete."""
        for index in range(len(self._above[0]), whole):
            self._above[0].append(_fold(self._read(Tile(0, index))))
            level = 0
            while len(self._above[level]) % 2 == 0:
                if level + 1 == len(self._above):
                    self._above.append([])
                self._above[level + 1].append(tree.node_hash(*self._above[level][-2:]))
                level += 1


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Give the root over a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [tree.node_hash(*hashes[at : at + 2]) for at in range(0, len(hashes), 2)]
    return hashes[0]
