"""The text that members of a panel accept: what was accepted once never changes."""

from scoring.panel.briefing import BRIEFINGS, CURRENT, with_digest

# Of each version, in order. A new text is a new version with a line of its own here.
DIGESTS = [
    "517e7fb497d430d2bc586938277fbe18a27419acde7ed1e8f016227dea857e51",
    "f4e417e46d06c33c0aa3ef7c54d000fb1540c14a67b02716b99b37054c26d74b",
]


def test_each_version_is_word_for_word_what_was_accepted() -> None:
    assert [each.sha256 for each in BRIEFINGS] == DIGESTS
    assert [each.version for each in BRIEFINGS] == list(range(1, len(DIGESTS) + 1))


def test_text_is_found_again_by_its_digest() -> None:
    assert with_digest(CURRENT.sha256) is CURRENT
    assert with_digest("0" * 64) is None
    assert with_digest(None) is None
