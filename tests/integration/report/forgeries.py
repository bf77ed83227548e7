"""Each way in which the files of a report are forged: what is changed, left out, added or moved."""

import json
from collections.abc import Callable
from typing import Any

from tests import forging
from tests.forging import Content


def bid(document: Any, place: int = 0) -> Any:
    return document["bids"][place]


def higher_score(document: Any) -> None:
    cell = next(iter(bid(document, 1)["scores"].values()))
    cell["consensus"] = "2" if cell["consensus"] != "2" else "1"


def lower_price(document: Any) -> None:
    bid(document)["price"] = "12345"


def another_weight(document: Any) -> None:
    one, two = (each for each in document["criteria"] if each["kind"] == "quality")
    one["weight"], two["weight"] = (
        str(int(one["weight"]) + 5),
        str(int(two["weight"]) - 5),
    )


def one_bid_less(document: Any) -> None:
    document["bids"].pop()


def a_bid_more(document: Any) -> None:
    document["bids"].append({**bid(document), "id": "B-FORGED"})


def another_name(document: Any) -> None:
    bid(document)["supplier"] = "Somebody Else Ltd"


def facts(how: Callable[[Any], None]) -> Callable[[Content], Content]:
    return lambda content: forging.change(content, "report.json", how)


def a_reason(found: Any) -> None:
    found["stages"][0]["bids"][0]["scores"][0]["reason"] = "It was the best by far."


def an_own_reason(found: Any) -> None:
    score = found["stages"][0]["bids"][0]["scores"][0]
    score["individual"][0]["reason"] = "Splendid."


def a_date(found: Any) -> None:
    found["decision"]["approved_at"] = "2026-01-01T00:00:00.000000Z"


def a_standstill(found: Any) -> None:
    found["decision"]["standstill_ends_at"] = "2026-01-02T00:00:00.000000Z"


def a_value(found: Any) -> None:
    found["decision"]["contract"]["value"]["minor"] += 100


def why_preferred(found: Any) -> None:
    found["decision"]["reason"] = "No reason at all."


def a_rank(found: Any) -> None:
    rows = found["bids"]
    rows[0]["rank"], rows[1]["rank"] = rows[1]["rank"], rows[0]["rank"]


def a_total(found: Any) -> None:
    found["bids"][1]["total"]["exact"] = "99"


def a_point(found: Any) -> None:
    cell = next(iter(found["bids"][0]["criteria"].values()))
    cell["points"]["exact"] = "1"


def result(how: Callable[[Any], None]) -> Callable[[Content], Content]:
    return lambda content: forging.change(content, "result.json", how)


def plan(how: Callable[[Any], None]) -> Callable[[Content], Content]:
    return lambda content: forging.change(content, "plan.json", how)


def swapped(content: Content) -> Content:
    return {**content, "plan.json": content["result.json"]}


def added(content: Content) -> Content:
    return {**content, "letter.json": b"{}\n"}


def removed(content: Content) -> Content:
    return {name: each for name, each in content.items() if name != "scores.csv"}


def without_an_event(content: Content) -> Content:
    """Leave out that something happened."""
    return forging.without_entry(content, "consensus.recorded")


def shortened(content: Content, found: list[dict[str, Any]]) -> Content:
    proofs = json.loads(content["proofs.json"])
    proofs["inclusion"] = proofs["inclusion"][: len(found)]
    changed = {**content, "proofs.json": forging.written(content["proofs.json"], proofs)}
    return forging.with_lines(changed, found)


def reordered(content: Content) -> Content:
    found = forging.lines(content)
    place = forging.place_of(found, "consensus.recorded")
    found[place], found[place - 1] = found[place - 1], found[place]
    return forging.with_lines(content, found)


def doubled(content: Content) -> Content:
    """Add an event that never was."""
    found = forging.lines(content)
    place = forging.place_of(found, "scores.submitted")
    proofs = json.loads(content["proofs.json"])
    proofs["inclusion"].insert(place, proofs["inclusion"][place])
    changed = {**content, "proofs.json": forging.written(content["proofs.json"], proofs)}
    return forging.with_lines(changed, [*found[:place], found[place], *found[place:]])


def cut_off(content: Content) -> Content:
    """Leave out the last events."""
    return shortened(content, forging.lines(content)[:-3])


def another_value(content: Content) -> Content:
    """Change what an entry says, and leave its digest."""
    found = forging.lines(content)
    line = found[forging.place_of(found, "consensus.recorded")]
    line["disclosed"]["score"]["value"] = "1"
    return forging.with_lines(content, found)
