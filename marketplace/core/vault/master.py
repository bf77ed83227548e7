"""Finds the installation's master keys, where its settings say, and follows their change."""

from contextlib import suppress
from pathlib import Path

from marketplace.core.access import current_settings
from marketplace.core.vault import keyring
from marketplace.core.vault.keyring import BadMasterKey, Keyring, LostKey

# What was read of each file, and how the file looked then: a change of key is seen at once.
_read: dict[Path, tuple[tuple[int, int, int], Keyring]] = {}


def ring() -> Keyring:
    """Give the master keys at hand, the one in use first.

    A demonstration makes its own on first need; elsewhere the start refuses without one.

    Raises:
        LostKey: the file is gone or holds no key.
    """
    settings = current_settings()
    if settings.master_key is not None:
        return keyring.parse(settings.master_key)
    try:
        return _of(settings.master_key_path)
    except FileNotFoundError:
        if not settings.makes_master_key:
            raise LostKey("The master key's file is gone.") from None
    except BadMasterKey as error:
        raise LostKey(f"The master key's file cannot be used: {error}") from error
    with suppress(FileExistsError):  # another process may be quicker
        keyring.write(Keyring((keyring.new_key(),)), settings.master_key_path)
    return _of(settings.master_key_path)


def _of(file: Path) -> Keyring:
    found = file.stat()
    looks = (found.st_mtime_ns, found.st_size, found.st_ino)
    known = _read.get(file)
    if known is None or known[0] != looks:
        known = _read[file] = (looks, keyring.read(file))
    return known[1]
