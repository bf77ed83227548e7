"""The settings: typed, read from the environment only, each default with its reason."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

# A demonstration's pages show it, so nobody may lock a real key with it.
DEMONSTRATION_PASSPHRASE = "thistle ferry lantern monday"  # noqa: S105  (it is public)


class Mode(StrEnum):
    """What the installation is for."""

    PRODUCTION = "production"
    DEMONSTRATION = "demonstration"


class BadSetting(Exception):
    """A setting is missing or cannot be used; the message names it and says what is expected."""


@dataclass(frozen=True)
class Settings:
    """Everything an installation can choose."""

    secret_key: str = field(repr=False)
    data: Path
    database_url: str = field(repr=False)
    mode: Mode = Mode.PRODUCTION
    public_url: str = "http://127.0.0.1:8000"
    service_name: str = "Fairway"
    brand_colour: str = "#14505c"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "no-reply@fairway.example"
    trusted_proxies: int = 0
    # In which header a trusted proxy tells when a request had come to it whole.
    arrival_header: str | None = None
    rate_limit_storage: str = "memory://"
    sign_in_rate: str = "10 per minute; 60 per hour"
    # OWASP's minimum for Argon2id; on a small machine about 40 ms a sign-in.
    password_memory_kib: int = 19456
    password_passes: int = 2
    # The master key itself, or the file that holds it; never in the database.
    master_key: str | None = field(default=None, repr=False)
    master_key_file: Path | None = None
    # Argon2id over an officer's opening passphrase: used twice an opening, so it may be slow.
    opening_memory_kib: int = 65536
    opening_passes: int = 3
    log_key_file: Path | None = None
    log_origin: str | None = None
    # The registered prefix of this publisher's contracting processes (OCDS); the default is the
    # one that the standard keeps for examples.
    ocid_prefix: str = "ocds-213czf"
    timestamp_url: str | None = field(default=None, repr=False)
    timestamp_certificates: Path | None = None
    # Certificates that sign award reports, one for each body; beside the log's key unless told.
    certificates_folder: Path | None = None
    # Keys of other services whose passports are taken as signed by somebody known.
    passport_trust: Path | None = None
    # A folder with `model.onnx` and `tokenizer.json`, for a model of one's own choice.
    similar_model: Path | None = None
    # A virus scanner, clamd: HOST:PORT or the path of its socket. Without one nothing is scanned.
    scanner: str | None = None
    # The key with which Companies House is asked about company numbers. Without one nobody is.
    companies_house_key: str | None = field(default=None, repr=False)
    companies_house_url: str = "https://api.company-information.service.gov.uk"
    testing: bool = False

    @property
    def demonstration(self) -> bool:
        """Tell whether this installation shows example data and offers one-click sign-in."""
        return self.mode is Mode.DEMONSTRATION

    @property
    def demonstration_passphrase(self) -> str | None:
        """Give the opening passphrase of all officers of a demonstration, which its pages show."""
        return DEMONSTRATION_PASSPHRASE if self.demonstration else None

    @property
    def secure_cookies(self) -> bool:
        """Tell whether cookies travel over TLS only: always, where the public address has it."""
        return self.public_url.startswith("https://")

    @property
    def master_key_path(self) -> Path:
        """Give the file of the master key, where the key itself is not given."""
        return self.master_key_file or self.data / "keys" / "master.key"

    @property
    def makes_master_key(self) -> bool:
        """Tell whether a master key is made on first need: never where real bids are sealed."""
        return self.demonstration or self.testing

    @property
    def log_key(self) -> Path:
        """Give the file of the key that signs for the log."""
        return self.log_key_file or self.data / "keys" / "log.key"

    @property
    def certificates(self) -> Path:
        """Give the folder of the certificates that sign award reports."""
        return self.certificates_folder or self.data / "keys" / "certificates"

    @property
    def first_log_origin(self) -> str:
        """Name the log as its first key will; later the key says what the log is called."""
        return self.log_origin or f"{urlsplit(self.public_url).netloc}/log"


class Vault(TypedDict):
    """Where the master key is found, and what it costs to try an opening passphrase."""

    master_key: str | None
    master_key_file: Path | None
    opening_memory_kib: int


class Authority(TypedDict):
    """Where time stamps are asked for, and whose are trusted."""

    timestamp_url: str | None
    timestamp_certificates: Path | None


class CompaniesHouse(TypedDict):
    """With which key Companies House is asked, and where."""

    companies_house_key: str | None
    companies_house_url: str


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings.

    Raises:
        BadSetting: one is missing or malformed.
    """
    mode = _mode(environ.get("MARKETPLACE_MODE", Mode.PRODUCTION))
    # The working folder's var/ needs no rights and is easy to find and to delete.
    data = Path(environ.get("MARKETPLACE_DATA", "var")).absolute()
    public_url = environ.get("MARKETPLACE_PUBLIC_URL", Settings.public_url).rstrip("/")
    if not public_url.startswith(("http://", "https://")):
        raise BadSetting("MARKETPLACE_PUBLIC_URL must begin with https:// (or http:// for a trial)")
    return Settings(
        secret_key=_secret(environ, data),
        data=data,
        # SQLite needs no server, so a first look needs none; production names PostgreSQL.
        database_url=_driver(
            environ.get("MARKETPLACE_DATABASE", f"sqlite:///{data / 'marketplace.db'}")
        ),
        mode=mode,
        public_url=public_url,
        service_name=environ.get("MARKETPLACE_NAME", Settings.service_name),
        brand_colour=_colour(environ.get("MARKETPLACE_COLOUR", Settings.brand_colour)),
        smtp_url=_smtp(environ, mode),
        mail_from=environ.get("MARKETPLACE_MAIL_FROM", Settings.mail_from),
        # None are trusted unless named: a forged header must not choose a client's address.
        trusted_proxies=_whole(environ, "MARKETPLACE_TRUSTED_PROXIES", 0),
        arrival_header=_arrival_header(environ),
        # Counting in memory is right for one worker and lenient for several; Redis is exact.
        rate_limit_storage=environ.get("MARKETPLACE_RATE_LIMIT_STORAGE", "memory://"),
        sign_in_rate=environ.get("MARKETPLACE_SIGN_IN_RATE", Settings.sign_in_rate),
        password_memory_kib=_whole(environ, "MARKETPLACE_PASSWORD_MEMORY_KIB", 19456),
        password_passes=_whole(environ, "MARKETPLACE_PASSWORD_PASSES", 2),
        **_vault(environ, data, mode),
        log_key_file=_file(environ, "MARKETPLACE_LOG_KEY_FILE"),
        log_origin=_origin(environ.get("MARKETPLACE_LOG_ORIGIN")),
        certificates_folder=_file(environ, "MARKETPLACE_CERTIFICATES"),
        ocid_prefix=_ocid_prefix(environ.get("MARKETPLACE_OCID_PREFIX")),
        **_authority(environ),
        passport_trust=_file(environ, "MARKETPLACE_PASSPORT_TRUST"),
        # Unset means the model that came with the packages, where they are installed.
        similar_model=_file(environ, "MARKETPLACE_SIMILAR_MODEL"),
        scanner=_scanner(environ.get("MARKETPLACE_CLAMD")),
        **_companies_house(environ),
    )


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        raise BadSetting("MARKETPLACE_MODE must be production or demonstration") from None


def _secret(environ: Mapping[str, str], data: Path) -> str:
    """Find the key that signs sessions: given, or in a file; never made up silently."""
    if key := environ.get("MARKETPLACE_SECRET_KEY"):
        secret = key
    else:
        file = Path(environ.get("MARKETPLACE_SECRET_KEY_FILE", data / "secret-key"))
        try:
            secret = file.read_text().strip()
        except OSError as error:
            raise BadSetting(
                f"set MARKETPLACE_SECRET_KEY, or put a key of 32 or more characters in {file}"
            ) from error
    if len(secret) < 32:
        raise BadSetting("the secret key must have at least 32 characters")
    return secret


def _driver(url: str) -> str:
    """Name the driver in a PostgreSQL address, which is usually given without one."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _colour(text: str) -> str:
    digits = text.removeprefix("#")
    if len(digits) != 6 or any(c not in "0123456789abcdefABCDEF" for c in digits):
        raise BadSetting("MARKETPLACE_COLOUR must be a colour such as #14505c")
    return "#" + digits.lower()


def _smtp(environ: Mapping[str, str], mode: Mode) -> str | None:
    url = environ.get("MARKETPLACE_SMTP_URL")
    if url is None and mode is Mode.PRODUCTION:
        raise BadSetting("set MARKETPLACE_SMTP_URL, such as smtp://user:password@mail.example:587")
    return url


def _vault(environ: Mapping[str, str], data: Path, mode: Mode) -> Vault:
    """Find the master key; production does not start without it, for its loss loses every bid.

    Whether it is whole is asked where it is read, in `marketplace.core.vault.master`.
    """
    given = environ.get("MARKETPLACE_MASTER_KEY") or None
    file = _file(environ, "MARKETPLACE_MASTER_KEY_FILE")
    if given and file:
        raise BadSetting("set MARKETPLACE_MASTER_KEY or MARKETPLACE_MASTER_KEY_FILE, not both")
    path = file or data / "keys" / "master.key"
    if mode is Mode.PRODUCTION and given is None and not path.is_file():
        raise BadSetting(
            f"there is no master key in {path}; make one with: marketplace keys make {path}"
            " (or set MARKETPLACE_MASTER_KEY or MARKETPLACE_MASTER_KEY_FILE)"
        )
    return {
        "master_key": given,
        "master_key_file": file,
        # Nobody's secret hangs on it in a demonstration, where every visitor is told it.
        "opening_memory_kib": 65536 if mode is Mode.PRODUCTION else 8192,
    }


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    text = environ.get(name)
    return Path(text).absolute() if text else None


def _scanner(text: str | None) -> str | None:
    if text and not text.startswith("/") and not re.fullmatch(r".+:[0-9]{1,5}", text):
        raise BadSetting("MARKETPLACE_CLAMD must be HOST:PORT, or the path of clamd's socket")
    return text or None


def _companies_house(environ: Mapping[str, str]) -> CompaniesHouse:
    url = environ.get("MARKETPLACE_COMPANIES_HOUSE_URL") or Settings.companies_house_url
    if not url.startswith(("http://", "https://")):
        raise BadSetting("MARKETPLACE_COMPANIES_HOUSE_URL must begin with https:// or http://")
    key = environ.get("MARKETPLACE_COMPANIES_HOUSE_KEY") or None
    if key and (":" in key or not key.isprintable() or not key.isascii()):
        raise BadSetting("MARKETPLACE_COMPANIES_HOUSE_KEY must be the key alone, without a colon")
    return {"companies_house_key": key, "companies_house_url": url}


def _origin(text: str | None) -> str | None:
    """Check the log's name: it stands in signed lines, which white space or a plus would part."""
    if text and (re.search(r"[\s+]", text) or not text.isprintable()):
        raise BadSetting("MARKETPLACE_LOG_ORIGIN must have no white space and no plus sign")
    return text or None


def _ocid_prefix(text: str | None) -> str:
    """Check the prefix: the standard's helpdesk gives each publisher one, free of charge."""
    if text and not re.fullmatch(r"ocds-[a-z0-9]{6}", text):
        raise BadSetting("MARKETPLACE_OCID_PREFIX must be as it was given, such as ocds-213czf")
    return text or Settings.ocid_prefix


def _authority(environ: Mapping[str, str]) -> Authority:
    """Read who stamps checkpoints: a stamp proves nothing without a certificate to trust."""
    url = environ.get("MARKETPLACE_TIMESTAMP_URL") or None
    file = _file(environ, "MARKETPLACE_TIMESTAMP_CERTIFICATES")
    if url and not url.startswith(("http://", "https://")):
        raise BadSetting("MARKETPLACE_TIMESTAMP_URL must begin with https:// or http://")
    if url and file is None:
        raise BadSetting(
            "set MARKETPLACE_TIMESTAMP_CERTIFICATES to a file of the authority's root certificates"
        )
    return {"timestamp_url": url, "timestamp_certificates": file}


def _arrival_header(environ: Mapping[str, str]) -> str | None:
    """Name the header that tells a request's arrival: only a proxy's word is worth anything."""
    name = environ.get("MARKETPLACE_ARRIVAL_HEADER") or None
    if name is None:
        return None
    if not _whole(environ, "MARKETPLACE_TRUSTED_PROXIES", 0):
        raise BadSetting(
            "MARKETPLACE_ARRIVAL_HEADER needs MARKETPLACE_TRUSTED_PROXIES: without a proxy that"
            " sets it, every visitor could"
        )
    if not re.fullmatch(r"[A-Za-z0-9-]+", name):
        raise BadSetting("MARKETPLACE_ARRIVAL_HEADER must be a header's name, X-Arrived say")
    return name


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, str(default))
    if not text.isdecimal():
        raise BadSetting(f"{name} must be a whole number")
    return int(text)
