"""What every template must be: sound, translatable, free of inline code, with guarded forms."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from marketplace.app import ROOT, create_app
from tests.conftest import make_settings

FOLDER = ROOT / "templates"
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.*"))
PAGES = [name for name in TEMPLATES if name.endswith(".html")]
FORMS = [name for name in PAGES if "<form" in (FOLDER / name).read_text(encoding="utf-8")]

# Words in templates that are not for translation, each with its reason.
NOT_WORDS = {
    # Units and names that are the same in every language.
    "MIT", "PDF", "JSON", "AI", "SHA", "KB", "kB", "CC", "BY", "Atom", "iCalendar", "XLSX", "CSV",
}  # fmt: skip
# Attributes that people read or hear.
READ_ALOUD = {"aria-label", "alt", "title", "placeholder", "aria-description"}

# What stands in these is for machines, commands to type included.
UNSPOKEN = ("style", "script", "code", "kbd")


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Give the templates as the application has them."""
    folder = tmp_path_factory.mktemp("templates")
    found: Environment = create_app(make_settings(folder, f"sqlite:///{folder}/none.db")).jinja_env
    return found


def source(name: str) -> str:
    """Give a template's text."""
    return (FOLDER / name).read_text(encoding="utf-8")


class Text(HTMLParser):
    """Collects what a person would read in a template whose expressions have been taken out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what is read aloud, and where no text stands."""
        self.hidden += tag in UNSPOKEN
        self.found += [value for name, value in attrs if name in READ_ALOUD and value]

    def handle_endtag(self, tag: str) -> None:
        """Note where text stands again."""
        self.hidden -= tag in UNSPOKEN

    def handle_data(self, data: str) -> None:
        """Note text."""
        if not self.hidden:
            self.found.append(data)


def said(env: Environment, name: str) -> tuple[str, list[str]]:
    """Give a template's plain text outside translation, and the strings in its expressions that
    are not given to gettext."""
    plain, strings, before = [], [], ["", ""]
    translated = plural = False
    for _line, kind, text in env.lex(source(name)):
        if kind == "data":
            plain.append("" if translated else text)
        elif kind == "name" and before[-1] == "block_begin":
            translated = text == "trans" or (translated and text != "endtrans")
        elif kind == "string" and before != ["_", "("] and not plural:
            strings.append(text[1:-1])
        plural = (plural and text != ")") or text == "ngettext"
        if kind != "whitespace":
            before = [before[-1], kind if kind == "block_begin" else text]
    return "".join(plain), strings


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(env: Environment, name: str) -> None:
    if not name.endswith((".html", ".css", ".svg", ".txt")):
        return
    env.get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_names_only_templates_that_exist(env: Environment, name: str) -> None:
    tree = env.parse(source(name))
    for found in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        named = getattr(found, "template", None)
        if isinstance(named, nodes.Const) and not getattr(found, "ignore_missing", False):
            env.get_template(named.value)


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_words_outside_translation(env: Environment, name: str) -> None:
    parser = Text()
    parser.feed(said(env, name)[0])
    words = {
        word
        for text in parser.found
        for word in re.findall(r"[^\W\d_]{2,}", text)
        if word not in NOT_WORDS
    }

    assert words == set()


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_sentences_in_expressions_outside_translation(
    env: Environment, name: str
) -> None:
    """A sentence given to a macro is read by people too."""
    # Two words in a row, the first with a capital: not a list of classes, not a name.
    sentences = [text for text in said(env, name)[1] if re.search(r"^[A-Z][a-z]+ [a-z’]+", text)]

    assert sentences == []


@pytest.mark.parametrize("name", PAGES)
def test_template_has_no_inline_style_or_script(name: str) -> None:
    text = re.sub(r"(?s)\{#.*?#\}", "", source(name))

    for tag in re.findall(r"(?s)<script\b[^>]*>", text):
        assert "nonce" in tag, tag
    # What is printed has its style within it.
    if not name.startswith(("report/", "papers/")) and name != "portable/document.html":
        assert not re.search(r"<style\b", text)
        assert not re.search(r"""<[^>]*\sstyle\s*=""", text)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text)
    assert "javascript:" not in text
    assert not re.search(r"\|\s*safe\b", text), "text that is marked safe by hand"


@pytest.mark.parametrize("name", FORMS)
def test_form_carries_a_token_and_leaves_checking_to_the_service(name: str) -> None:
    for form in re.findall(r"(?s)<form\b.*?</form>", source(name)):
        head = form[: form.index(">") + 1]
        if 'method="post"' not in head:
            assert "csrf" not in form, "a token does not belong into an address"
            continue
        assert "novalidate" in head
        assert re.search(r"csrf_token|hidden_tag\(\)|\btoken\(", form), head


@pytest.mark.parametrize("name", FORMS)
def test_form_has_a_method(name: str) -> None:
    for head in re.findall(r"<form\b[^>]*>", source(name)):
        assert 'method="post"' in head or 'method="get"' in head or "role=" in head, head


@pytest.mark.parametrize("name", PAGES)
def test_link_to_elsewhere_tells_the_other_site_nothing(name: str) -> None:
    for tag in re.findall(r"<a\b[^>]*>", source(name)):
        if 'target="_blank"' in tag:
            assert "noopener" in tag, tag


def test_templates_are_found() -> None:
    assert len(PAGES) > 60
    assert len(FORMS) > 15
    assert Path(FOLDER / "base.html").exists()
