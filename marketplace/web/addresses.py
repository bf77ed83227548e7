"""What addresses may hold."""

from typing import Any

from werkzeug.routing import IntegerConverter, Map

# The largest number that a column of either database holds.
LARGEST = 2**31 - 1


class StoredNumber(IntegerConverter):
    """A number in an address that a column can be asked for: a larger one leads to no page."""

    # Ten digits at most: of thousands Python would make no number at all.
    regex = "[0-9]{1,10}"

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # Werkzeug's name
        options.setdefault("max", LARGEST)
        super().__init__(map, *args, **options)
