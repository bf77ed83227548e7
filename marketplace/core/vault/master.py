"""Finds the installation's master keys, where its settings say, and follows their change."""

from contextlib import suppress
from pathlib import Path

from marketplace.core.access import current_settings
from marketplace.core.vault import keyring
from marketplace.core.vault.keyring import BadMasterKey, Keyring, LostKey

# What was read of each file, and how the file looked then: a change of key is seen at once.
_read: dict[Path, tuple[tuple[int, int, int], Keyring]] = {}


def file() -> Path | None:
    """Give the file of the master keys; None where they stand in the environment."""
    settings = current_settings()
    return None if settings.master_key is not None else settings.master_key_path


def ring() -> Keyring:
    """Give the master keys at hand, the one in use first.

    A demonstration makes its own on first need; elsewhere the start refuses without one.

    Raises:
        LostKey: there is none, or what stands in its place cannot be used.
    """
    settings = current_settings()
    try:
        if settings.master_key is not None:
            return keyring.parse(settings.master_key)
        return _of(settings.master_key_path)
    except FileNotFoundError:
        if not settings.makes_master_key:
            raise LostKey(
                f"there is no master key in {settings.master_key_path}; put it back,"
                " or where there never was one make it with:"
                f" marketplace keys make {settings.master_key_path}"
            ) from None
    except (BadMasterKey, OSError) as error:
        where = file() or "MARKETPLACE_MASTER_KEY"
        raise LostKey(f"the master key in {where} cannot be used: {error}") from error
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
