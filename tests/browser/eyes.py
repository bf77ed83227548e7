"""What is looked for on a page: axe's rules, and room enough on narrow screens."""

from collections.abc import Iterator

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
_RULES = {
    "runOnly": {
        "type": "tag",
        "values": [
            *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"),
            "best-practice",
        ],
    },
    "resultTypes": ["violations"],
}
DESK, PHONE = 1280, 390
# A desk's screen at 400 %: the narrowest at which nothing may be lost (WCAG 2.2, 1.4.10).
ZOOMED = 320


def faults(page: Page, *, narrow: bool = False) -> Iterator[str]:
    """Give what is wrong with the page as it is shown; with `narrow`, run axe on a phone too.

    Leaves the window as wide as a desk's.
    """
    yield from _violations(page, "desk")
    for width in (PHONE, ZOOMED):
        page.set_viewport_size({"width": width, "height": 844})
        if (used := page.evaluate("document.documentElement.scrollWidth")) > width:
            yield f"{page.url}: {used} wide where {width} are given: {_widest(page, width)}"
        if narrow and width == PHONE:
            yield from _violations(page, "phone")
    page.set_viewport_size({"width": DESK, "height": 900})


def _violations(page: Page, device: str) -> Iterator[str]:
    for found in _AXE.run(page, options=_RULES).response["violations"]:
        for node in found["nodes"]:
            yield f"{page.url} ({device}): {found['id']}: {found['help']}: {node['html'][:200]}"


def _widest(page: Page, width: int) -> str:
    """Name what sticks out, so that it can be found."""
    script = """width => [...document.querySelectorAll('body *')]
      .filter(it => it.getBoundingClientRect().right > width + 1
                 && !it.closest('.fw-scroll, .fw-chart-box'))
      .slice(0, 3).map(it => it.outerHTML.slice(0, 120)).join(' | ')"""
    return str(page.evaluate(script, width))
