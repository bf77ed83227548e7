"""From bytes to JSON values, refusing at the door what would make a document ambiguous or huge.

Numbers with a fraction or exponent, `NaN`, `-0`, and keys that stand twice are not refused here
but marked (`JsonFloat`, `Repeated`), so that the problem can be told with its path.
"""

import json
from collections import Counter

from scoring.engine.canonical import LARGEST_INTEGER
from scoring.engine.errors import BadEvaluation, Problem
from scoring.engine.numbers import JsonFloat

MOST_BYTES = 20_000_000


class Repeated(dict[str, object]):
    """An object of the document in which at least one key stands more than once."""

    def __init__(self, pairs: list[tuple[str, object]]) -> None:
        super().__init__(pairs)
        counted = Counter(key for key, _ in pairs)
        self.twice = [key for key, times in counted.items() if times > 1]


class _Integers(dict[str, "int | JsonFloat"]):
    """Integers by their JSON text; looked up by the parser at the speed of a dictionary."""

    def __missing__(self, text: str) -> "int | JsonFloat":
        if text == "-0" or len(text) > len(str(LARGEST_INTEGER)) + 1:
            return JsonFloat(text)
        number = int(text)
        # Only short ones are kept: a hostile document must not fill the memory with them.
        if len(text) <= 4:
            self[text] = number
        return number


class _Floats(dict[str, JsonFloat]):
    """The same for numbers with a fraction or exponent: a hostile document may hold millions."""

    def __missing__(self, text: str) -> JsonFloat:
        number = JsonFloat(text)
        if len(text) <= 4:
            self[text] = number
        return number


def read_json(source: str | bytes) -> object:
    """Read JSON text of at most 20 MB in UTF-8.

    Raises:
        BadEvaluation: when it is too large, not UTF-8, not JSON, or nested too deeply.
    """
    if isinstance(source, bytes):
        _refuse_if_large(len(source))
        try:
            source = source.decode()
        except UnicodeDecodeError as error:
            raise _refused(f"byte {error.start} is not UTF-8", "text in UTF-8") from None
    else:
        _refuse_if_large(len(source))
        _refuse_if_large(len(source.encode("utf-8", "surrogatepass")))
    try:
        return json.loads(
            source,
            object_pairs_hook=_object,
            parse_int=_Integers().__getitem__,
            parse_float=_Floats().__getitem__,
            parse_constant=JsonFloat,
        )
    except RecursionError:
        raise _refused("lists or objects are nested too deeply", "an evaluation/1 object") from None
    except json.JSONDecodeError as error:
        what = error.msg.removesuffix(" at")
        where = f"line {error.lineno} column {error.colno}"
        raise _refused(f"not JSON: {what} at {where}", "one JSON object") from None


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Repeated(pairs)


def _refuse_if_large(size: int) -> None:
    if size > MOST_BYTES:
        raise _refused("the document is larger than 20 MB", "at most 20,000,000 bytes")


def _refused(message: str, expected: str) -> BadEvaluation:
    return BadEvaluation([Problem("$", message, expected)])
