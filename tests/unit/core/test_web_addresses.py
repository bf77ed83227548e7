"""Which texts are addresses that a page may link to."""

import pytest

from marketplace.core.text import is_web_address


@pytest.mark.parametrize(
    "text", ["https://meet.example.org/a?b=1", "http://example.org", "https://example.org:8443/"]
)
def test_address_of_a_page_is_one(text: str) -> None:
    assert is_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "[", "//x.example", "https://", "https://.", "https://intranet/a", "example.org"),
        *("javascript:alert(1)", "javascript://example.org", "data:text/html,a.b"),
        *("https://a b.example", "https://a.example/\n", "\thttps://a.example"),
        *("https://a.example:x", "https://[::1"),
    ],
)
def test_what_leads_nowhere_or_elsewhere_is_none(text: str) -> None:
    assert not is_web_address(text)


def test_schemes_can_be_narrowed() -> None:
    assert not is_web_address("http://a.example/", ("https",))
    assert is_web_address("https://a.example/", ("https",))
