"""Draws what bids are called where names are withheld. Pure but for the chance it is given.

Each bid gets one word of a list, drawn anew for every stage and told by nobody, so that neither
the word nor its place in the alphabet says anything of the bidder.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

Key = TypeVar("Key")

# Short, known to many, told apart when read aloud, and kind to whoever is called by it.
_BIRDS = """
Avocet Bittern Blackbird Bluetit Brambling Bullfinch Bunting Chough Coot Cormorant Crane
Crossbill Curlew Dipper Dotterel Dove Dunlin Dunnock Eagle Egret Eider Falcon Fieldfare Finch
Flycatcher Fulmar Gannet Godwit Goldcrest Goldeneye Goosander Grebe Greenfinch Grouse Guillemot
Harrier Heron Hobby Hoopoe Jackdaw Jay Kestrel Kingfisher Kite Kittiwake Knot Lapwing Linnet
Magpie Mallard Martin Merlin Moorhen Nightingale Nightjar Nuthatch Oriole Osprey Ouzel Owl
Partridge Petrel Pheasant Pintail Pipit Plover Pochard Puffin Quail Raven Redpoll Redshank
Redstart Redwing Robin Rook Ruff Sanderling Sandpiper Serin Shearwater Shelduck Shoveler Shrike
Siskin Skua Skylark Snipe Sparrow Starling Stonechat Stork Swallow Swan Swift Teal Tern Thrush
Turnstone Twite Wagtail Warbler Waxwing Wheatear Whimbrel Whinchat Whitethroat Wigeon Woodcock
Woodlark Wren Yellowhammer
"""
WORDS = tuple(_BIRDS.split())
_COLOURS = ("Amber", "Blue", "Green", "Grey", "Red", "Silver", "White", "Yellow")


def words_for(count: int, names: Iterable[str] = ()) -> list[str]:
    """Give the words to draw from, at least `count`, and none that stands in a bidder's name: a bid
    of one would be taken for a bid of the other.

    Raises:
        ValueError: there are more bids than words, which no challenge comes near.
    """
    said = "\n".join(names).casefold()
    birds = [word for word in WORDS if word.casefold() not in said]
    if count <= len(birds):
        return birds
    found = [f"{colour} {word}" for colour in _COLOURS for word in birds]
    if count > len(found):
        raise ValueError(f"{count} bids are more than there are words")
    return found


def draw(
    names: Mapping[Key, str], below: Callable[[int], int] = secrets.randbelow
) -> dict[Key, str]:
    """Give each bid a word of its own; every word is as likely for every bid.

    `names` are the bidders' by bid; `below` gives a random number from 0 to less than what it is
    given.
    """
    left = words_for(len(names), names.values())
    return {bid: left.pop(below(len(left))) for bid in names}


def shown(word: str) -> str:
    """Give what people read. A name is not translated: it must be the same for the whole panel."""
    return f"Bid {word}"


def handle(word: str) -> str:
    """Give what stands in addresses and names of fields."""
    return word.lower().replace(" ", "-")
