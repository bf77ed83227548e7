"""The floors of the house: contracts hold, each fails when broken, and no module is outside."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("marketplace", "challenges", "bids", "scoring")
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = CONFIGURATION["tool"]["importlinter"]["contracts"]

# Lines that break a contract, each with its contract and the module it is planted in.
PLANTED = [
    ("layers", "challenges/queries.py", "import bids.queries"),
    ("pure", "bids/lifecycle.py", "import sqlalchemy"),
    ("pure", "marketplace/core/vault/statements.py", "import marketplace.core.vault.models"),
    ("views-no-sql", "scoring/award/views.py", "import sqlalchemy"),
    ("services-no-flask", "scoring/award/service.py", "import flask"),
    ("weasyprint", "scoring/award/pages.py", "import weasyprint"),
    ("docx", "scoring/award/pages.py", "import docx"),
    ("cryptography", "bids/queries.py", "import cryptography"),
    ("sealing", "bids/envelopes.py", "import pyrage"),
    ("model", "challenges/similar/index.py", "import onnxruntime"),
    ("sealing", "marketplace/core/vault/sealing.py", "import pyrage"),
    ("sealing", "marketplace/core/accounts/views.py", "import argon2"),
    ("offline", "marketplace/core/audit/receipts.py", "import marketplace.config"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the sources, so that a violation can be planted."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=lambda _folder, names: [
                name for name in names if name in ("static", "content", "__pycache__")
            ],
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on a copy of the sources."""
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [str(program), "--no-cache", *(f"--contract={contract}" for contract in contracts)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
    )


def test_contracts_as_written_hold(copy: Path) -> None:
    answer = lint(copy)
    assert answer.returncode == 0, answer.stdout


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract["id"] for contract in CONTRACTS} == {
        contract for contract, _path, _line in PLANTED
    }


@pytest.mark.parametrize(("contract", "path", "line"), PLANTED)
def test_contract_with_planted_violation_fails(
    copy: Path, contract: str, path: str, line: str
) -> None:
    module = copy / path
    kept = module.read_text(encoding="utf-8")
    module.write_text(f"{kept}\n{line}\n", encoding="utf-8")
    try:
        answer = lint(copy, contract)
    finally:
        module.write_text(kept, encoding="utf-8")
    assert answer.returncode == 1, answer.stdout
    assert "BROKEN" in answer.stdout


def test_every_module_stands_on_a_floor() -> None:
    layers = next(contract for contract in CONTRACTS if contract["id"] == "layers")["layers"]
    floors = {name.strip() for line in layers for name in line.split("|")}
    homeless = []
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            name = name.removesuffix(".__init__")
            empty = file.name == "__init__.py" and not _imports(file)
            on_a_floor = any(name == floor or name.startswith(f"{floor}.") for floor in floors)
            if not on_a_floor and not empty and "migrations" not in file.parts:
                homeless.append(name)
    assert homeless == []


def _imports(file: Path) -> bool:
    return any(
        line.startswith(("import ", "from "))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
