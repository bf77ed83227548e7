"""Brings a copy of a log up to date, and compares what the site shows with all that is kept.

Nothing is taken from the site's word: its tree is computed from its leaves, and the checkpoints
that were kept must come out of the same leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.core.audit import keychain, signing, tiles, tree, trust
from marketplace.core.audit.mirror.folder import Damaged, Folder, Leaves, part_changes
from marketplace.core.audit.mirror.site import Absent, Site, Unreachable
from marketplace.core.audit.signing import BadKey, BadNote, Verifier
from marketplace.core.audit.tiles import Tile
from marketplace.core.audit.trust import Checkpoint

# Bytes: a note has some hundred, and a log that changed its key every day for years this many.
_MOST_NOTE, _MOST_KEYS = 64 * 1024, 4 * 1024 * 1024


class Alarm(Exception):
    """The site contradicts what is kept, or signs falsely; the message says how.

    `shown` is what the site shows, by file name.
    """

    def __init__(self, message: str, size: int, shown: Mapping[str, bytes]) -> None:
        super().__init__(message)
        self.size = size
        self.shown = shown


@dataclass(frozen=True)
class Outcome:
    """What a run came to: the log as it is now, and as it was when this copy last saw it."""

    checkpoint: Checkpoint
    before: int | None
    agreeing: int
    first_keys: Sequence[Verifier]


def bring_up_to_date(site: Site, folder: Folder, trusted: Sequence[Verifier]) -> Outcome:
    """Fetch what is new, check it against everything kept, and keep it.

    `trusted` are keys that the person names; those that the folder holds are trusted too. Where
    there is neither, the keys that the site gives are taken on trust, and named in the outcome.

    Raises:
        Alarm: history changed, or a signature is false.
        Unreachable: something could not be fetched; nothing is said of it.
        Damaged: the copy does not agree with itself.
    """
    known = folder.keys()
    known += [key for key in trusted if key not in known]
    first = [] if known else _keys_of(site)
    leaves = Leaves(folder)
    kept = _kept(folder, leaves, known)
    note, shown = _shown(site, kept)
    keys, changes = _signed(site, folder, note, shown, [*known, *first])
    if kept:
        _compare(site, folder, kept, shown, note, leaves)
    folder.keep_keys(keys, changes)
    size = kept.size if kept else 0
    if shown.size > size:
        leaves = _fetch_leaves(site, folder, size, shown, note)
    folder.keep_note(shown.size, note)
    for level in range(1, tree_levels(shown.size)):
        for tile in tiles.of_size(shown.size, level):
            start = tile.index * tiles.WIDTH
            held = b"".join(leaves.level(level)[start : start + tile.width])
            if folder.tile(tile) != held:
                folder.keep_tile(tile, held)
    folder.tidy(shown.size)
    return Outcome(shown, kept.size if kept else None, len(folder.notes()) - 1, first)


def tree_levels(size: int) -> int:
    """Count the levels of tiles of a tree: 1 for fewer than 256 leaves."""
    return max(1, -(-size.bit_length() // tiles.HEIGHT))


def _keys_of(site: Site) -> list[Verifier]:
    text = _text(site, "keys", _MOST_KEYS)
    try:
        found = [signing.parse_verifier(line) for line in text.splitlines()]
    except BadKey as error:
        raise Unreachable(f"{site.address}/keys gives no keys: {error}") from error
    if not found:
        raise Unreachable(f"{site.address}/keys names no key yet; try again later")
    return found


def _kept(folder: Folder, leaves: Leaves, known: Sequence[Verifier]) -> Checkpoint | None:
    """Read what is kept, and make sure that it agrees with itself: all notes, over one tree."""
    newest = folder.newest()
    notes = folder.notes()
    if newest is None:
        return None
    try:
        kept, signer = trust.open_checkpoint(newest, known)
        older = {size: trust.open_checkpoint(note, ())[0] for size, note in notes.items()}
    except BadNote as error:
        raise Damaged(f"a checkpoint in {folder.path} was changed: {error}") from error
    if signer is None:
        raise Damaged(f"no key in {folder.path / 'keys'} signed the checkpoint that is kept there")
    for size, note in {**older, kept.size: kept}.items():
        # A run that was stopped may have left a note of what it had not finished.
        if size <= kept.size and leaves.root(size) != note.root:
            raise Damaged(
                f"the tiles in {folder.path} do not give the root of the checkpoint over"
                f" {size} entries that is kept there"
            )
    return kept


def _shown(site: Site, kept: Checkpoint | None) -> tuple[str, Checkpoint]:
    """Fetch the newest checkpoint; nothing is known yet of who signed it."""
    try:
        note = _text(site, "checkpoint", _MOST_NOTE)
    except Absent as error:
        if kept:
            raise Alarm(
                f"The site shows no checkpoint any more. This copy holds one over {kept.size}"
                " entries.",
                kept.size,
                {},
            ) from error
        raise Unreachable(f"{site.address} has no checkpoint yet; try again later") from error
    try:
        return note, trust.open_checkpoint(note, ())[0]
    except BadNote as error:
        raise Unreachable(f"{site.address}/checkpoint gives no checkpoint: {error}") from error


def _signed(
    site: Site, folder: Folder, note: str, shown: Checkpoint, known: Sequence[Verifier]
) -> tuple[Sequence[Verifier], Sequence[str]]:
    """Make sure that a trusted key signed a note; give all keys that are trusted now, and why."""
    changes = folder.changes()
    given = ""
    try:
        signer = trust.open_checkpoint(note, known)[1]
        if signer is None:
            given = _text(site, "keys/changes", _MOST_KEYS)
            changes = _merged(changes, part_changes(given))
            known = trust.follow(known, changes)
            signer = trust.open_checkpoint(note, known)[1]
    except BadNote as error:
        raise Alarm(f"The signature is false: {error}.", shown.size, _evidence(note)) from error
    except BadKey as error:
        raise Alarm(
            f"What leads from a trusted key to another is false: {error}.",
            shown.size,
            {**_evidence(note), "shown-key-changes": given.encode()},
        ) from error
    if signer is None:
        raise Alarm(
            f"The checkpoint of {shown.origin} is signed by no key that is trusted here, and none"
            " of these leads to one that did. If the people who run the site told you of a new key"
            " in another way, name it with --trust.",
            shown.size,
            {**_evidence(note), "shown-key-changes": given.encode()},
        )
    newest = folder.newest()
    before = trust.open_checkpoint(newest, known)[1] if newest else None
    if before and before != signer and before in keychain.follow(signer, changes):
        raise Alarm(
            f"The checkpoint is signed by the key {signer}, which the log had given up.",
            shown.size,
            _evidence(note),
        )
    return known, [change for change in changes if keychain.read_change(change)[0] in known]


def _merged(kept: Sequence[str], given: Sequence[str]) -> list[str]:
    """Join changes that were seen before with those that are shown now."""
    return [*kept, *(note for note in given if note not in kept)]


def _compare(
    site: Site, folder: Folder, kept: Checkpoint, shown: Checkpoint, note: str, leaves: Leaves
) -> None:
    """Compare a checkpoint of no greater size with what is kept."""
    if shown.origin != kept.origin:
        raise Alarm(
            f"The site shows the log {shown.origin}; this copy is of {kept.origin}.",
            shown.size,
            _evidence(note),
        )
    if shown.size > kept.size:
        return
    same = leaves.root(shown.size) == shown.root
    if shown.size == kept.size and same:
        return
    if same:
        raise Alarm(
            f"The log shrank: the site shows {shown.size} entries and this copy holds {kept.size}."
            " Those that are shown are the same; the others are gone. A site that was put back"
            " from a backup looks like this, and so does one that hides what happened.",
            shown.size,
            _evidence(note),
        )
    place = _first_difference(site, folder, shown.size)
    if place is not None:
        raise _changed_at(place, kept.size, shown, note)
    raise Alarm(
        f"History changed: the site signs another root over {shown.size} entries than the one that"
        f" this copy of {kept.size} entries gives.",
        shown.size,
        _evidence(note),
    )


def _fetch_leaves(site: Site, folder: Folder, size: int, shown: Checkpoint, note: str) -> Leaves:
    """Fetch the tiles of leaves beyond `size`, and make sure that they give the root shown."""
    left_over = _gather(site, folder, size, shown, note, anew=False)
    leaves = Leaves(folder)
    if leaves.root(shown.size) == shown.root:
        return leaves
    if left_over:
        # A run that was stopped left a tile that is not this log's; the site is asked again.
        _gather(site, folder, size, shown, note, anew=True)
        leaves = Leaves(folder)
        if leaves.root(shown.size) == shown.root:
            return leaves
    place = _first_difference(site, folder, size)
    if place is not None:
        raise _changed_at(place, size, shown, note)
    raise Alarm(
        f"The {shown.size} entries that the site gives do not have the root that it signs.",
        shown.size,
        _evidence(note),
    )


def _gather(
    site: Site, folder: Folder, size: int, shown: Checkpoint, note: str, *, anew: bool
) -> bool:
    """Fetch what is missing of the leaves beyond `size`; tell whether something was left over.

    What an earlier run left is used unless all is fetched `anew`: it may be most of a long log.
    """
    left_over = False
    for tile in _beyond(size, shown.size):
        if not anew and folder.tile(tile) is not None:
            left_over = True
            continue
        hashes = _tile(site, tile)
        held = min(max(size - tile.index * tiles.WIDTH, 0), tiles.WIDTH)
        known = folder.tile(Tile(0, tile.index, held)) if held else None
        if known is not None and not hashes.startswith(known):
            place = _first_difference(site, folder, size)
            if place is None:
                place = tile.index * tiles.WIDTH + _differs(known, hashes)
            raise _changed_at(place, size, shown, note, hashes)
        folder.keep_tile(tile, hashes)
    return left_over


def _changed_at(
    place: int, size: int, shown: Checkpoint, note: str, hashes: bytes | None = None
) -> Alarm:
    return Alarm(
        f"History changed: the entry at place {place} is another one than in this copy of {size}"
        " entries.",
        shown.size,
        {**_evidence(note), **({"shown-tile": hashes} if hashes else {})},
    )


def _first_difference(site: Site, folder: Folder, size: int) -> int | None:
    """Find the first place below `size` at which the site now gives another leaf than before."""
    try:
        for tile in tiles.of_size(size):
            held, given = folder.tile(tile), _tile(site, tile)
            if held is not None and held != given:
                return tile.index * tiles.WIDTH + _differs(held, given)
    except Unreachable:
        pass  # that something is wrong is known by now; only the place is not
    return None


def _beyond(size: int, shown: int) -> Iterator[Tile]:
    """Give the tiles of leaves that hold something beyond `size`."""
    full, rest = divmod(shown, tiles.WIDTH)
    yield from (Tile(0, index) for index in range(size // tiles.WIDTH, full))
    if rest:
        yield Tile(0, full, rest)


def _differs(held: bytes, given: bytes) -> int:
    """Count the hashes that are the same before the first that is not."""
    step = tree.HASH_BYTES
    return next(
        at // step
        for at in range(0, len(held), step)
        if held[at : at + step] != given[at : at + step]
    )


def _tile(site: Site, tile: Tile) -> bytes:
    hashes = site.fetch(f"tile/{tile}", tiles.WIDTH * tree.HASH_BYTES)
    if len(hashes) != tile.width * tree.HASH_BYTES:
        raise Unreachable(f"{site.address}/tile/{tile} has {len(hashes)} bytes")
    return hashes


def _text(site: Site, path: str, most: int) -> str:
    try:
        return site.fetch(path, most).decode()
    except UnicodeDecodeError as error:
        raise Unreachable(f"{site.address}/{path} is no text") from error


def _evidence(note: str) -> dict[str, bytes]:
    return {"shown-checkpoint": note.encode()}
