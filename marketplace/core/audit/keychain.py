"""How one key of a log names the next, and how whoever trusts one finds all later ones. Pure.

`docs/verification.md`, section 4, describes the note that does it.
"""

from collections.abc import Iterable

from marketplace.core.audit import signing
from marketplace.core.audit.signing import BadKey, BadNote, Signer, Verifier

KEY_CHANGE = "key-change/1"


def hand_over(old: Signer, new: Verifier) -> str:
    """Have the old key sign that the new one follows it, and give the note."""
    return old.sign(f"{KEY_CHANGE}\n{old.verifier}\n{new}\n")


def read_change(note: str) -> tuple[Verifier, Verifier]:
    """Read which key a note says is followed by which; nothing of its signature.

    Raises:
        BadKey: it is no change of key, or of the log's name too.
    """
    text, separator, _signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not separator or len(lines) != 3 or lines[0] != KEY_CHANGE:
        raise BadKey("a change of key has three lines and a signature")
    old, new = signing.parse_verifier(lines[1]), signing.parse_verifier(lines[2])
    if (str(old), str(new)) != (lines[1], lines[2]):
        raise BadKey("a change of key writes its keys in another form")
    if old.name != new.name:
        raise BadKey("a change of key changes the log's name too")
    return old, new


def follow(trusted: Verifier, notes: Iterable[str]) -> list[Verifier]:
    """Give the trusted key and those that followed it, in the order of their use.

    The notes may stand in any order. Those that lead from keys which are not trusted are left out.

    Raises:
        BadKey: a note is no change of key; one that leads on is not signed by its old key; or two
            keys claim to follow the same one, which is what somebody does who took a key.
    """
    changes: dict[Verifier, list[tuple[Verifier, str]]] = {}
    for note in notes:
        old, new = read_change(note)
        changes.setdefault(old, []).append((new, note))
    chain = [trusted]
    while following := changes.pop(chain[-1], None):
        for _new, note in following:
            _ensure_signed(note, chain[-1])
        named = {new for new, _note in following}
        if len(named) > 1:
            raise BadKey(f"two keys claim to follow {chain[-1]}")
        if not named.isdisjoint(chain):
            raise BadKey(f"a key that was given up follows {chain[-1]}")
        chain.append(named.pop())
    return chain


def _ensure_signed(note: str, old: Verifier) -> None:
    try:
        signed = signing.open_note(note, [old]).signed_by
    except BadNote as error:
        raise BadKey(f"a change of key: {error}") from error
    if not signed:
        raise BadKey("a change of key is not signed by the key that it changes")
