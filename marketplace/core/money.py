"""Writes amounts of money for people."""


def money(minor: int | None, currency: str = "GBP") -> str:
    """Write an amount of minor units: £650,000, or £1,250.50 where there are pence."""
    if minor is None:
        return ""
    sign = "−" if minor < 0 else ""
    whole, rest = divmod(abs(minor), 100)
    symbol = {"GBP": "£", "EUR": "€"}.get(currency, currency + " ")
    return f"{sign}{symbol}{whole:,}" + (f".{rest:02d}" if rest else "")
