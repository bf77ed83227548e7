"""The `marketplace` command. Each subcommand imports what it needs, so that all start fast."""

import sys
from collections.abc import Sequence

USAGE = """\
marketplace: the challenge marketplace

  marketplace score FILE [--explain] [--no-sensitivity]
                        compute an evaluation/1 document (- reads standard input)
  marketplace database upgrade
                        bring the database to this version's tables
  marketplace demo load [--fresh]
                        fill the database with the demonstration
  marketplace admin create EMAIL NAME
                        make the first platform administrator
  marketplace admin remove-second-factor EMAIL
                        let a person who lost their device set up another
  marketplace search rebuild
                        write the index of words anew from the challenges
  marketplace work [--once]
                        do the work for later: mail, reports; until stopped
  marketplace verify FILE [--trust FILE] [--receipt FILE] [--checkpoint FILE] [--chain FILE]
                     [--certificate SHA-256]
                        check an award report, a receipt, a challenge's log or a passport,
                        without a site or database
  marketplace log verify
                        check the whole log of this installation
  marketplace log erase PLACE FIELD --reason TEXT
                        erase a field of an entry whose time to be kept is over
  marketplace log mirror URL DIR [--trust FILE]
                        keep a copy of a site's log and say when history changed
  marketplace log change-key [--lost]
                        begin to sign with a new key, which the old one names
                        (--lost: where the old one is lost for good)
  marketplace keys make FILE
                        make a master key, without which no bid can be read
                        (- prints it)
  marketplace keys rotate [--forget]
                        use a new master key and wrap every other key under it
                        (--forget: remove the former ones once nothing needs them)
  marketplace keys give-up
                        go on where former master keys are lost for good
  marketplace certificates list | add BODY FILE | remove BODY
                        which certificate signs the award reports of each public body
                        (FILE: a PKCS #12 file, .p12 or .pfx)
  marketplace similar rebuild
                        read every challenge whose meaning is not known yet, or by another model
  marketplace check     check the settings and the database and say what is wrong
"""

# They need an installation: its settings and its database.
_OF_A_SITE = frozenset(
    {
        *("admin", "certificates", "check", "database", "demo", "keys", "log"),
        *("search", "similar", "work"),
    }
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (0 done, 1 failed, 2 asked for wrongly)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    match words:
        case ["score", *rest]:
            from scoring.engine.command import main as score

            return score(rest)
        case ["verify", *rest]:
            from marketplace.core.audit.checking import main as verify
            from scoring.report.verifying.report import check as check_report
            from scoring.report.verifying.signature import read_anchors

            return verify(rest, check_report, read_anchors)
        case ["log", "mirror", *rest]:
            from marketplace.core.audit.mirror import main as mirror

            return mirror(rest)
        case ["keys", "make", file]:
            from marketplace.core.vault.making import make

            return make(file)
        case [
            (
                "database"
                | "demo"
                | "keys"
                | "certificates"
                | "log"
                | "admin"
                | "similar"
                | "work"
                | "check"
            ),
            *_,
        ]:
            from marketplace.operations import run

            code = run(words)
            if code == 2:
                sys.stderr.write(USAGE)
            return code
        case ["--help" | "-h" | "help"]:
            sys.stdout.write(USAGE)
            return 0
        case _:
            sys.stderr.write(USAGE)
            return 2


if __name__ == "__main__":
    sys.exit(main())
