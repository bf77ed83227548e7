"""A person at a browser: finds things by the words on them, as people do, and signs in."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from flask import current_app
from flask_security import hash_password
from passlib.totp import TOTP  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import BrowserContext, Locator, Page, Response

from marketplace.core.accounts.datastore import RecoveryCodes
from marketplace.core.accounts.models import User

PASSWORD = "heron lantern quarry"
# Where to keep a picture of every page that is seen, for somebody to look at; none if not set.
PICTURES = os.environ.get("PICTURES")
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


class Person:
    """Somebody with a browser of their own. Every page they meet must be one of ours and whole."""

    def __init__(self, context: BrowserContext, name: str, email: str = "") -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.name = name
        self.email = email
        self.recovery_codes: list[str] = []
        self.key = ""
        self.status = 0
        self._pictures = 0
        self.page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.request.is_navigation_request() and response.status not in (302, 303):
            self.status = response.status

    @property
    def main(self) -> Locator:
        """Give the part of the page that is its own."""
        return self.page.locator("main")

    @property
    def text(self) -> str:
        """Give the words of the page as a reader has them, white space made single."""
        return " ".join(self.main.inner_text().split())

    @property
    def heading(self) -> str:
        """Give the page's one main heading."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def path(self) -> str:
        """Give the path of the page."""
        return "/" + self.page.url.split("/", 3)[3].split("?")[0]

    def go(self, path: str, status: int = 200) -> None:
        """Type an address."""
        self.page.goto(path)
        self._arrived(status)

    def follow(self, words: str | re.Pattern[str], within: str = "main") -> None:
        """Follow the first link that says `words`: all of it, or what the pattern finds."""
        links = self.page.locator(within).get_by_role("link", name=words, exact=True)
        turn_page(self.page, links.first)
        self._arrived(200)

    def press(self, words: str, status: int = 200, within: str = "main") -> None:
        """Press a button, or a link that looks like one, and land on a page with `status`."""
        page = self.page.locator(within)
        found = page.get_by_role("button", name=words, exact=True).or_(
            page.get_by_role("link", name=words, exact=True)
        )
        # Where the first button in a form only saves what Enter would, it is hidden from all.
        turn_page(self.page, found.first)
        self._arrived(status)

    def fill(self, fields: dict[str, str], group: str | None = None) -> None:
        """Type into fields by their labels, within the group with this legend if one is given."""
        within = self.main.get_by_role("group", name=group, exact=True) if group else self.main
        for label, text in fields.items():
            within.get_by_label(label, exact=True).fill(text)

    def choose(self, *options: str, group: str | None = None) -> None:
        """Tick options by their labels, within the group with this legend if one is given."""
        within = self.main.get_by_role("group", name=group) if group else self.main
        for option in options:
            within.get_by_label(option, exact=True).check()

    def select(self, label: str, option: str) -> None:
        """Choose from a list."""
        self.main.get_by_label(label, exact=True).select_option(label=option)

    def value(self, label: str) -> str:
        """Give what a field holds."""
        return self.main.get_by_label(label, exact=True).input_value()

    def told(self, *words: str) -> None:
        """Hold the page to saying each of these."""
        text = self.text
        for said in words:
            assert said in text, f"{self.name} is not told “{said}” at {self.path}: {text}"

    def not_told(self, *words: str) -> None:
        """Hold the page to keeping quiet about each of these."""
        for said in words:
            assert said not in self.page.content(), f"{self.path} tells {self.name} “{said}”"

    def refused(self, *words: str) -> None:
        """Hold the page to an error summary with these words, and a title that says so."""
        summary = self.main.locator(".govuk-error-summary")
        assert summary.count() == 1, f"no error summary at {self.path}: {self.text}"
        for said in words:
            assert said in summary.inner_text(), f"“{said}” is not in “{summary.inner_text()}”"
        assert self.page.title().startswith("Error: ")

    def sign_in(self) -> None:
        """Sign in with the password, then with a recovery code where a second step is asked."""
        self.go("/sign-in")
        self.fill({"E-mail address": self.email, "Password": PASSWORD})
        self.press("Sign in")
        if self.path == "/sign-in/code":
            if self.key:
                # The code before was used at set-up: the phone's clock is half a minute ahead.
                code = TOTP(self.key).generate(time=int(time.time()) + 30).token
                self.key = ""
                self.fill({"Code from your app": code})
            else:
                self.follow("I do not have my phone: use a recovery code")
                self.fill({"Recovery code": self.recovery_codes.pop()})
            self.press("Continue")
        assert self.path not in ("/sign-in", "/sign-in/code"), self.text

    def set_up_second_step(self) -> None:
        """Set an authenticator app up on the page that asks for it, and keep the codes."""
        assert self.path == "/account/second-step"
        self.press("Set up an app")
        self.key = self.main.locator(".fw-key").inner_text().replace("-", "")
        self.fill({"Code from your app": str(TOTP(self.key).generate().token)})
        self.press("Continue")
        self.press("Show my recovery codes")
        self.recovery_codes = self.main.locator(".fw-key").all_inner_texts()
        assert len(self.recovery_codes) == 10
        self.follow("I have kept them: go to your work")

    def sign_out(self) -> None:
        """Sign out."""
        self.press("Sign out", within="body")

    def download(self, path: str) -> tuple[int, bytes]:
        """Fetch a file with the session of this browser; give the status and the bytes."""
        answer = self.context.request.get(path)
        return answer.status, answer.body()

    def _arrived(self, status: int) -> None:
        assert self.status == status, f"{self.name} at {self.path}: {self.status}: {self.text}"
        if PICTURES:
            self._pictures += 1
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            place = (
                re.sub(r"(CH|B)-[0-9A-Z]+", "", self.path).strip("/").replace("/", "_") or "home"
            )
            for kind, size in (("phone", PHONE), ("desk", DESK)):
                self.page.set_viewport_size(size)  # type: ignore[arg-type]  # two whole numbers
                name = f"{self.name.split()[0]}-{self._pictures:02d}-{place}-{kind}.png"
                self.page.screenshot(path=folder / name, full_page=True)


def turn_page(page: Page, pressed: Locator) -> None:
    """Press what leads to a page, and wait until that page is there.

    A click is answered as soon as the request is on its way: who looks then may see the page
    before, above all where a form answers at its own address.
    """
    with page.expect_navigation():
        pressed.click()


def let_sign_in(user: User) -> list[str]:
    """Give a seeded person a password and recovery codes; the caller commits."""
    user.password = hash_password(PASSWORD)
    return RecoveryCodes(current_app).create_recovery_codes(user)


def columns(table: Locator) -> Sequence[Sequence[str]]:
    """Give a table's rows as the words in their cells."""
    return [
        [" ".join(cell.split()) for cell in row.locator("th, td").all_inner_texts()]
        for row in table.locator("tbody tr").all()
    ]
