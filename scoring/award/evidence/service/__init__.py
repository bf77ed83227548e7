"""What officers do with evidence of a preferred bidder: ask, give time, decide, look things up."""

from scoring.award.evidence.service.asking import Wanted, ask, ask_again, extend
from scoring.award.evidence.service.deciding import decide, fail, look_up

__all__ = ["Wanted", "ask", "ask_again", "decide", "extend", "fail", "look_up"]
