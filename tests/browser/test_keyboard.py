"""The eye that follows the keyboard sees what it is there to see."""

import pytest
from playwright.sync_api import Browser

from tests.browser.keyboard import unreached

GOOD = "<p><a href='#x'>one</a> <input aria-label='two'> <button>three</button></p>"


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        (GOOD, []),
        (f"{GOOD}<button tabindex='-1'>out</button>", ["Tab does not reach <button tabindex"]),
        (f"<button tabindex='-1'>out</button>{GOOD}", ["not to <button tabindex"]),
        (f"{GOOD}<button tabindex='2'>first</button>", ["Tab does not reach <button tabindex"]),
        (
            f"<style>button:focus {{ outline: none }}</style>{GOOD}",
            ["nothing shows that the keyboard is at <button>three"],
        ),
    ],
)
def test_what_the_keyboard_cannot_do_is_found(
    browser: Browser, inside: str, told: list[str]
) -> None:
    page = browser.new_page()
    page.set_content(f"<main>{inside}</main>")
    found = list(unreached(page))
    page.close()
    assert len(found) == len(told)
    assert all(words in fault for words, fault in zip(told, found, strict=True))
