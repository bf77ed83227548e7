"""Makes the README's pictures from the loaded demonstration; run by `script/screenshots`."""

import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask_migrate import upgrade
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from marketplace.config import Mode
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.demonstration.load import load
from tests.applications import make_app
from tests.browser.conftest import CHROMIUM, Site, serving
from tests.browser.looking import address_of
from tests.browser.visits import AUDITOR, EVALUATOR, VISITOR, Found, Guide, Visit
from tests.conftest import NOW, make_settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDTH = 1200
MOST_BYTES = 200_000
# So few colours are in our pages that nobody sees the difference, and the files stay small.
COLOURS = 128


@dataclass(frozen=True)
class Picture:
    """A page, as whom it is seen, and how much of it."""

    name: str
    endpoint: str
    visit: Visit
    height: int


PICTURES = (
    Picture("home", "web.home", Visit(), 1000),
    Picture("challenge", "challenges.show", Visit(VISITOR, "open"), 1100),
    Picture("scoring", "panel.question", Visit(EVALUATOR, "scoring"), 1100),
    Picture("result", "award.result", Visit(AUDITOR, "contract_signed"), 1800),
    Picture("award", "awards.show", Visit(VISITOR, "contract_signed"), 1100),
)
# The summary, with the result and its picture.
REPORT_PAGE = 2


@contextmanager
def demonstration() -> Iterator[Site]:
    """Serve the demonstration from a folder that goes away afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = make_settings(
            place, f"sqlite:///{place / 'demonstration.db'}", mode=Mode.DEMONSTRATION
        )
        clock = FixedClock(NOW)
        app = make_app(settings, clock)
        with app.app_context():
            upgrade()
            load(clock)
            db.session.remove()
        with serving(app, clock) as site:
            site.sweep()
            yield site


def take(browser: Browser, site: Site, picture: Picture) -> Found:
    """Take one picture, and give what was found for it."""
    with site.app.app_context():
        found = Guide(db.session()).find(picture.visit)
        db.session.remove()
    context = browser.new_context(
        base_url=site.address, viewport={"width": WIDTH, "height": picture.height}
    )
    if found.person is not None:
        context.add_cookies([site.session_of(found.person, found.organisation)])
    page = context.new_page()
    answer = page.goto(address_of(site.app, picture.endpoint, found))
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{picture.name}: {page.url} is not there")
    keep(picture.name, page.screenshot())
    context.close()
    return found


def take_report(browser: Browser, site: Site, found: Found) -> None:
    """Take a picture of one page of the public report."""
    context = browser.new_context(base_url=site.address)
    answer = context.request.get(f"/awards/{found.values['reference']}/report.pdf")
    if answer.status != 200:
        raise RuntimeError(f"the report is not there: {answer.status}")
    printed = subprocess.run(
        ["pdftoppm", "-png", "-r", "80", "-f", str(REPORT_PAGE), "-singlefile", "-"],
        input=answer.body(),
        capture_output=True,
        check=True,
    )
    keep("report", printed.stdout)
    context.close()


def keep(name: str, png: bytes) -> None:
    """Write a picture, small.

    Raises:
        RuntimeError: it is larger than a reader of the README should have to load.
    """
    small = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(small, "PNG", optimize=True)
    if len(small.getvalue()) > MOST_BYTES:
        raise RuntimeError(f"{name}.png has {len(small.getvalue())} bytes")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.png").write_bytes(small.getvalue())
    print(f"docs/screenshots/{name}.png {len(small.getvalue()) // 1000} kB")


def main() -> int:
    """Take all pictures; return the exit code."""
    if shutil.which("pdftoppm") is None:
        print("pdftoppm is missing: apt-get install poppler-utils", file=sys.stderr)
        return 1
    with sync_playwright() as playwright, demonstration() as site:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        found = [take(browser, site, picture) for picture in PICTURES]
        take_report(browser, site, found[-1])
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
