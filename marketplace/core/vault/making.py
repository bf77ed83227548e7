"""Makes a master key before there are settings or a database: `marketplace keys make`."""

import sys
from pathlib import Path

from marketplace.core.vault import keyring
from marketplace.core.vault.keyring import Keyring


def make(name: str) -> int:
    """Make a master key in a file, or for `-` on standard output."""
    key = keyring.new_key()
    if name == "-":
        sys.stdout.write(f"{key}\n")
        return 0
    file = Path(name).absolute()
    try:
        keyring.write(Keyring((key,)), file)
    except FileExistsError:
        sys.stderr.write(f"marketplace: {file} is there already and was left as it is.\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"marketplace: {file} cannot be written: {error.strerror}\n")
        return 1
    sys.stdout.write(
        f"A new master key is in {file}.\n"
        "Back it up now, apart from the database: without it no sealed bid can ever be read.\n"
    )
    return 0
