"""What people paste from a word processor comes out as they meant it, and nothing hides in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.text import on_one_line, pasted

SCOTLAND = "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
AWKWARD = "a o\t\n-–•\u00a0\u200b\u202e1.)*\r\x0b\u0301\U0001f3f4\U000e0067"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("•\tone\n•\ttwo", "* one\n* two"),
        ("\uf0b7\tone\n\uf0a7  two\no\tthree", "* one\n* two\n* three"),
        ("–\tone\n1)\ttwo\n12.\u00a0 three", "* one\n1. two\n12. three"),
        ("o tempora – a dash - stays", "o tempora – a dash - stays"),
        ("£5\u00a0million\u2009a\u202fyear\tnow", "£5 million a year now"),
        ("infra\u00adstructure, hy\u200bphen\ufeff", "infrastructure, hyphen"),
        ("one\x0btwo\x0cthree\u2028four\r\nfive\rsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("pay \u202e001\u202c pounds \u2067x\u2069", "pay 001 pounds x"),
        ("“Quotes” ‘stay’ – so—do… dashes", "“Quotes” ‘stay’ – so—do… dashes"),
        (f"👩\u200d💻 {SCOTLAND}", f"👩\u200d💻 {SCOTLAND}"),
        ("hidden\U000e0041\U000e0042 text", "hidden text"),
        ("مرحبا\u200f بكم، می\u200cخواهم", "مرحبا\u200f بكم، می\u200cخواهم"),
        ("cafe\u0301", "café"),
        ("one\n\n\n \n\ntwo   three   \n", "one\n\ntwo three"),
        ("* one\n  * nested", "* one\n  * nested"),
        ("null\x00 bell\x07", "null bell"),
    ],
)  # fmt: skip
def test_pasted_text_is_as_it_was_meant(typed: str, kept: str) -> None:
    assert pasted(typed) == kept


@given(st.text(alphabet=st.sampled_from(AWKWARD), max_size=40))
def test_tidying_twice_changes_nothing(typed: str) -> None:
    once = pasted(typed)

    assert pasted(once) == once


def test_title_stays_on_one_line() -> None:
    assert on_one_line(" How\u00a0can\r\nwe\thelp? ") == "How can we help?"
