"""The files of a bid as the panel is given them: with no name, no properties, or not at all."""

from collections.abc import Sequence
from dataclasses import replace

from bids.documents import Attachment
from challenges.documents.kinds import MEDIA_TYPES
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_
from marketplace.core.vault.envelopes import Reader
from marketplace.core.vault.piping import shut
from scoring.panel.aliases.cleaning import CannotClean, clean
from scoring.panel.queries import Bidder

_NOT_GIVEN = N_(
    "This file cannot be given to you while names are withheld: what programs write beside the "
    "content, such as its author’s name, cannot be taken out of it. Score the bid by what it says "
    "on this site, or ask a procurement officer to have the bidder send it as a plain PDF."
)


def as_given(bidder: Bidder, files: Sequence[Attachment]) -> list[Attachment]:
    """Give what the panel sees of the files: where the name is withheld, their own names too."""
    return [as_shown(bidder, place, file) for place, file in enumerate(files)]


def as_shown(bidder: Bidder, place: int, file: Attachment) -> Attachment:
    """Give one of them; `place` is its place in the bid, from 0."""
    if not bidder.withheld:
        return file
    # By its kind: the ending that a name has could be anything.
    ending = next((each for each, kind in MEDIA_TYPES.items() if kind == file.media_type), "bin")
    return replace(file, name=f"{bidder.shown}, file {place + 1}.{ending}")


def cleaned(
    bidder: Bidder, place: int, file: Attachment, source: Reader
) -> tuple[Attachment, bytes]:
    """Give a file without what names its author, and what it is now.

    Raises:
        WrongMoment: that cannot be made sure of.
    """
    try:
        content = clean(file.media_type, source.read())
    except CannotClean as error:
        raise WrongMoment(_NOT_GIVEN) from error
    finally:
        shut(source)
    return replace(as_shown(bidder, place, file), size=len(content)), content
