"""`marketplace log mirror`: what it is asked, what it says, how it ends."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from marketplace.core.audit import trust
from marketplace.core.audit.mirror.folder import Busy, Damaged, Folder, Foreign
from marketplace.core.audit.mirror.keeping import Alarm, Outcome, bring_up_to_date
from marketplace.core.audit.mirror.site import BadAddress, Site, Unreachable
from marketplace.core.audit.signing import BadKey, Verifier

_DONE, _ALARM, _ASKED_WRONGLY, _INCOMPLETE = 0, 1, 2, 3
_TITLE = "marketplace log mirror"
_LARGEST = 1024 * 1024

_HELP = """\
Keep a copy of the public log of the site at URL in the folder DIR, and say when history changed.
Run it again and again, every hour or every day: each run fetches what is new and compares it with
everything that DIR holds. It needs no account, no settings and no database.
"""
_AFTER = """\
The exit code is 0 where all agrees; 1 where the site contradicts this copy or signs falsely (what
it showed is kept in DIR/evidence); 3 where the run could not be finished, which says nothing about
the log; 2 where this was asked wrongly. DIR has the layout of the site's /log, so a web server can
give it out, and DIR/keys and DIR/checkpoint serve `marketplace verify`.
"""


class _WrongQuestion(Exception):
    """The command cannot be carried out as it was given; the message says why."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in the manner of the other commands."""
        raise _WrongQuestion(message)


def main(arguments: Sequence[str], pause: Callable[[float], None] = time.sleep) -> int:
    """Bring one copy up to date and say what was found; give the exit code."""
    try:
        asked = _parser().parse_args(arguments)
        return _run(Site(asked.url, pause), Folder(Path(asked.dir)), _trusted(asked.trust))
    except (_WrongQuestion, BadAddress, Foreign) as error:
        sys.stderr.write(f"{_TITLE}: {error}\n")
        return _ASKED_WRONGLY
    except SystemExit as end:  # after --help
        return int(end.code or 0)


def _run(site: Site, folder: Folder, trusted: Sequence[Verifier]) -> int:
    try:
        with folder.alone():
            try:
                outcome = bring_up_to_date(site, folder, trusted)
            except Alarm as alarm:
                return _cry(alarm, site, folder)
    except (Unreachable, Busy) as error:
        sys.stderr.write(f"{_TITLE}: not finished: {error}\n")
        return _INCOMPLETE
    except OSError as error:
        sys.stderr.write(f"{_TITLE}: not finished: {folder.path}: {error}\n")
        return _INCOMPLETE
    except Damaged as error:
        sys.stderr.write(
            f"{_TITLE}: this copy is damaged: {error}. This says nothing about the site. Keep the"
            f" folder as it is, and begin another one with --trust {folder.path / 'keys'}.\n"
        )
        return _INCOMPLETE
    sys.stdout.write(_said(outcome, site))
    return _DONE


def _cry(alarm: Alarm, site: Site, folder: Folder) -> int:
    kept = folder.newest()
    files = {**alarm.shown, **({"kept-checkpoint": kept.encode()} if kept else {})}
    message = f"ALARM about the log of {site.address}\n{alarm}"
    place = folder.keep_evidence(alarm.size, message, files)
    sys.stderr.write(
        f"{message}\nWhat the site shows, and what this copy holds, is kept in {place}. The copy"
        " itself was left as it was. Do not delete it: it is the proof. Tell the people who run the"
        " site, and somebody who oversees them.\n"
    )
    return _ALARM


def _said(outcome: Outcome, site: Site) -> str:
    now = outcome.checkpoint
    lines = []
    if outcome.first_keys:
        lines += [
            f"The first key is taken on trust: {site.address}/keys gave it, and nobody else"
            " vouched for it. Compare it with one that you were given in another way:",
            *(f"  {key}" for key in outcome.first_keys),
        ]
    if outcome.before is None:
        lines.append(f"{now.origin}: {now.size} entries; the copy begins here.")
    elif outcome.before == now.size:
        lines.append(f"{now.origin}: {now.size} entries, as before. All agrees.")
    else:
        lines.append(
            f"{now.origin}: {now.size} entries, {now.size - outcome.before} of them new. The log"
            f" still begins with the {outcome.before} entries that this copy held"
            f" ({outcome.agreeing} earlier checkpoints agree)."
        )
    return "".join(f"{line}\n" for line in lines)


def _trusted(name: str | None) -> list[Verifier]:
    if name is None:
        return []
    try:
        with Path(name).open("rb") as opened:
            content = opened.read(_LARGEST + 1)
        if len(content) > _LARGEST:
            raise _WrongQuestion(f"{name}: too large for a file of keys")
        found = trust.read_keys(content.decode())
    except OSError as error:
        raise _WrongQuestion(f"{name}: {error.strerror}") from error
    except (UnicodeDecodeError, BadKey) as error:
        raise _WrongQuestion(f"{name}: {error}") from error
    if not found:
        raise _WrongQuestion(f"{name}: no key in it")
    return found


def _parser() -> _Parser:
    parser = _Parser(
        prog=_TITLE,
        description=_HELP,
        epilog=_AFTER,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("url", metavar="URL", help="the address of the site")
    parser.add_argument("dir", metavar="DIR", help="the folder of the copy")
    parser.add_argument(
        "--trust",
        metavar="FILE",
        help="public keys of the log, one a line: trusted besides those that DIR holds",
    )
    return parser
