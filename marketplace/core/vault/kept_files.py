"""Keeps the files of drafts unreadable at rest: each is sealed to a key pair of its own.

The private part is given to the caller, who keeps it among the encrypted fields of the draft: with
the draft's key it is gone, and the file is noise. The form is that of a bid's envelope, with no
document and one file.
"""

from dataclasses import dataclass

from marketplace.core.files.store import FileStore
from marketplace.core.vault.envelopes import Part, Reader, Writer, new_identity, open_envelope, seal
from marketplace.core.vault.piping import Piped

MEDIA_TYPE = "application/age-encrypted"


@dataclass(frozen=True, repr=False)
class KeptFile:
    """Where an encrypted file lies, by the digest of what is stored, and what opens it."""

    sha256: str
    identity: str


def keep(source: Reader, size: int, store: FileStore) -> KeptFile:
    """Encrypt a file into the store. Slow: call it before the transaction.

    Raises:
        ValueError: the file is not as long as it says; nothing is left behind.
        OSError: the disk is full or not writable; nothing is left behind.
    """
    identity, recipient = new_identity()
    with store.receive() as incoming:
        seal(b"", [Part(size, source)], [recipient], incoming)
    return KeptFile(incoming.sha256, identity)


def reading(kept: KeptFile, store: FileStore) -> Piped:
    """Give the file to be read by chunks; it is opened now, so that nobody can take it away.

    Raises:
        DamagedFile: it is not there.
        OSError: the whole store is away.
    """
    file = store.open(kept.sha256)

    def work(target: Writer) -> None:
        open_envelope(file, kept.identity, [target])

    return Piped(work, file)
