"""Settings from the environment: each default, each bad value, and no secret in sight."""

from pathlib import Path

import pytest

from marketplace.config import BadSetting, Mode, Settings, from_environment

KEY = "a key for tests only, of no use anywhere else"
MASTER_KEY = "MASTER+KEY+not-read-here"
GOOD = {
    "MARKETPLACE_SECRET_KEY": KEY,
    "MARKETPLACE_SMTP_URL": "smtp://user:hush@mail.example:587",
    "MARKETPLACE_MASTER_KEY": MASTER_KEY,
}


def test_settings_with_the_least_given_are_safe() -> None:
    settings = from_environment(GOOD)

    assert settings.mode is Mode.PRODUCTION
    assert not settings.demonstration
    assert settings.trusted_proxies == 0
    assert settings.data.is_absolute()
    assert settings.database_url.startswith("sqlite:///")
    assert settings.password_memory_kib >= 19456
    assert not settings.testing


def test_settings_print_no_secret() -> None:
    given = {**GOOD, "MARKETPLACE_DATABASE": "postgresql://fairway:hush@db.example/fairway"}

    shown = repr(from_environment(given))

    assert KEY not in shown
    assert MASTER_KEY not in shown
    assert "hush" not in shown


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_settings_name_the_driver_of_postgresql(scheme: str) -> None:
    settings = from_environment({**GOOD, "MARKETPLACE_DATABASE": f"{scheme}://db.example/fairway"})

    assert settings.database_url == "postgresql+psycopg://db.example/fairway"


def test_settings_leave_an_address_with_a_driver_as_it_is() -> None:
    url = "postgresql+psycopg://db.example/fairway"

    assert from_environment({**GOOD, "MARKETPLACE_DATABASE": url}).database_url == url


def test_settings_of_the_demonstration_need_no_mail_server() -> None:
    settings = from_environment(
        {"MARKETPLACE_SECRET_KEY": KEY, "MARKETPLACE_MODE": "demonstration"}
    )

    assert settings.demonstration
    assert settings.smtp_url is None


def test_settings_take_the_key_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret-key").write_text(KEY + "\n")
    given = {"MARKETPLACE_DATA": str(tmp_path), "MARKETPLACE_MODE": "demonstration"}
    assert from_environment(given).secret_key == KEY

    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(KEY[::-1])
    given["MARKETPLACE_SECRET_KEY_FILE"] = str(elsewhere)
    assert from_environment(given).secret_key == KEY[::-1]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MARKETPLACE_MODE", "trial", "production or demonstration"),
        ("MARKETPLACE_SECRET_KEY", "short", "at least 32 characters"),
        ("MARKETPLACE_PUBLIC_URL", "fairway.example", "https://"),
        ("MARKETPLACE_PUBLIC_URL", "ftp://fairway.example", "https://"),
        ("MARKETPLACE_COLOUR", "teal", "such as #14505c"),
        ("MARKETPLACE_COLOUR", "#14505", "such as #14505c"),
        ("MARKETPLACE_COLOUR", "#14505c;}", "such as #14505c"),
        ("MARKETPLACE_TRUSTED_PROXIES", "one", "whole number"),
        ("MARKETPLACE_ARRIVAL_HEADER", "X-Arrived", "MARKETPLACE_TRUSTED_PROXIES"),
        ("MARKETPLACE_TRUSTED_PROXIES", "-1", "whole number"),
        ("MARKETPLACE_PASSWORD_PASSES", "2.5", "whole number"),
    ],
)
def test_settings_that_cannot_be_used_say_what_is_expected(
    name: str, value: str, words: str
) -> None:
    with pytest.raises(BadSetting, match=words):
        from_environment({**GOOD, name: value})


@pytest.mark.parametrize("name", sorted(GOOD))
def test_settings_that_are_missing_are_named(name: str, tmp_path: Path) -> None:
    given = {key: value for key, value in GOOD.items() if key != name}

    with pytest.raises(BadSetting, match=name):
        from_environment({**given, "MARKETPLACE_DATA": str(tmp_path)})


@pytest.mark.parametrize(
    ("url", "secure"), [("https://fairway.example", True), ("http://127.0.0.1:8000", False)]
)
def test_settings_keep_cookies_to_tls_where_there_is_tls(url: str, secure: bool) -> None:
    settings = from_environment({**GOOD, "MARKETPLACE_PUBLIC_URL": url + "/"})

    assert settings.public_url == url
    assert settings.secure_cookies is secure


def test_settings_write_a_colour_in_one_way() -> None:
    assert from_environment({**GOOD, "MARKETPLACE_COLOUR": "AABBCC"}).brand_colour == "#aabbcc"
    assert from_environment(GOOD).brand_colour == Settings.brand_colour


def test_settings_name_the_log_after_the_public_address_unless_told() -> None:
    given = {**GOOD, "MARKETPLACE_PUBLIC_URL": "https://market.example:8443/"}

    assert from_environment(given).first_log_origin == "market.example:8443/log"
    told = from_environment({**given, "MARKETPLACE_LOG_ORIGIN": "log.example"})
    assert told.first_log_origin == "log.example"


def test_settings_keep_the_logs_key_in_the_data_folder_unless_told(tmp_path: Path) -> None:
    given = {**GOOD, "MARKETPLACE_DATA": str(tmp_path)}

    assert from_environment(given).log_key == tmp_path / "keys" / "log.key"
    told = from_environment({**given, "MARKETPLACE_LOG_KEY_FILE": "/etc/marketplace/log.key"})
    assert told.log_key == Path("/etc/marketplace/log.key")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MARKETPLACE_LOG_ORIGIN", "market example/log"),
        ("MARKETPLACE_LOG_ORIGIN", "market+example/log"),
        ("MARKETPLACE_LOG_ORIGIN", "market\x00example/log"),
        ("MARKETPLACE_TIMESTAMP_URL", "ftp://stamps.example"),
        ("MARKETPLACE_OCID_PREFIX", "ocds-ABC"),
    ],
)
def test_settings_of_the_log_that_cannot_be_used_are_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        from_environment({**GOOD, name: value})


def test_settings_want_certificates_with_a_time_stamping_authority() -> None:
    given = {**GOOD, "MARKETPLACE_TIMESTAMP_URL": "https://stamps.example"}

    with pytest.raises(BadSetting, match="MARKETPLACE_TIMESTAMP_CERTIFICATES"):
        from_environment(given)


@pytest.fixture
def without_master_key() -> dict[str, str]:
    """Give settings that lack a master key and nothing else."""
    return {name: value for name, value in GOOD.items() if name != "MARKETPLACE_MASTER_KEY"}


def test_settings_without_a_master_key_name_the_command_that_makes_it(
    tmp_path: Path, without_master_key: dict[str, str]
) -> None:
    given = {**without_master_key, "MARKETPLACE_DATA": str(tmp_path)}

    with pytest.raises(BadSetting, match=f"marketplace keys make {tmp_path}/keys/master.key"):
        from_environment(given)


def test_settings_of_the_demonstration_need_no_master_key(
    tmp_path: Path, without_master_key: dict[str, str]
) -> None:
    settings = from_environment(
        {
            **without_master_key,
            "MARKETPLACE_DATA": str(tmp_path),
            "MARKETPLACE_MODE": "demonstration",
        }
    )

    assert settings.makes_master_key
    assert settings.opening_memory_kib < Settings.opening_memory_kib


@pytest.mark.parametrize("named", [False, True])
def test_settings_take_the_master_key_from_a_file(
    tmp_path: Path, without_master_key: dict[str, str], named: bool
) -> None:
    file = tmp_path / ("elsewhere" if named else "keys/master.key")
    file.parent.mkdir(exist_ok=True)
    file.write_text(MASTER_KEY)
    more = {"MARKETPLACE_MASTER_KEY_FILE": str(file)} if named else {}

    settings = from_environment({**without_master_key, "MARKETPLACE_DATA": str(tmp_path), **more})

    assert settings.master_key is None
    assert settings.master_key_path == file
    assert not settings.makes_master_key
    assert settings.opening_memory_kib == 65536


def test_settings_with_a_file_of_the_master_key_that_is_not_there_name_it(
    tmp_path: Path, without_master_key: dict[str, str]
) -> None:
    missing = tmp_path / "missing"

    with pytest.raises(BadSetting, match=str(missing)):
        from_environment({**without_master_key, "MARKETPLACE_MASTER_KEY_FILE": str(missing)})


def test_settings_with_two_places_of_the_master_key_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="not both"):
        from_environment({**GOOD, "MARKETPLACE_MASTER_KEY_FILE": str(tmp_path / "master.key")})


def test_settings_ask_no_register_until_a_key_is_given() -> None:
    key = {"MARKETPLACE_COMPANIES_HOUSE_KEY": "hush-0123-abcd"}

    assert from_environment(GOOD).companies_house_key is None
    given = from_environment({**GOOD, **key})
    assert given.companies_house_key == "hush-0123-abcd"
    assert given.companies_house_url.startswith("https://")
    assert "hush" not in repr(given)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MARKETPLACE_COMPANIES_HOUSE_KEY", "user:password"),
        ("MARKETPLACE_COMPANIES_HOUSE_KEY", "a\nb"),
        ("MARKETPLACE_COMPANIES_HOUSE_URL", "file:///etc/passwd"),
    ],
)
def test_settings_refuse_a_register_that_cannot_be_asked(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name):
        from_environment({**GOOD, name: text})
