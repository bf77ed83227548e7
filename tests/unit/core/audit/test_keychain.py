"""Following a log's keys from one that is trusted: what is believed, and what raises an alarm."""

import pytest

from marketplace.core.audit import keychain, trust
from marketplace.core.audit.signing import BadKey, Signer

NAME = "market.example/log"
FIRST, SECOND, THIRD, FOREIGN = (Signer(NAME, bytes([n]) * 32) for n in (1, 2, 3, 4))
CHANGES = [
    keychain.hand_over(FIRST, SECOND.verifier),
    keychain.hand_over(SECOND, THIRD.verifier),
]


@pytest.mark.parametrize("notes", [CHANGES, CHANGES[::-1], [*CHANGES, CHANGES[0]]])
def test_follow_leads_from_the_first_key_to_the_last_in_any_order(notes: list[str]) -> None:
    keys = [FIRST.verifier, SECOND.verifier, THIRD.verifier]

    assert keychain.follow(FIRST.verifier, notes) == keys
    assert trust.follow([FIRST.verifier], notes) == keys


def test_follow_leads_to_later_keys_only() -> None:
    assert keychain.follow(SECOND.verifier, CHANGES) == [SECOND.verifier, THIRD.verifier]
    assert keychain.follow(FIRST.verifier, []) == [FIRST.verifier]


def test_change_of_a_key_that_is_not_trusted_leads_nowhere() -> None:
    notes = [keychain.hand_over(FOREIGN, SECOND.verifier)]

    assert keychain.follow(FIRST.verifier, notes) == [FIRST.verifier]


def test_change_that_another_key_signed_is_refused() -> None:
    text = f"key-change/1\n{FIRST.verifier}\n{FOREIGN.verifier}\n"

    with pytest.raises(BadKey, match="not signed by the key that it changes"):
        keychain.follow(FIRST.verifier, [FOREIGN.sign(text)])


def test_change_whose_new_key_was_replaced_is_refused() -> None:
    forged = CHANGES[0].replace(str(SECOND.verifier), str(FOREIGN.verifier))

    with pytest.raises(BadKey, match="does not fit"):
        keychain.follow(FIRST.verifier, [forged])


def test_two_keys_that_follow_the_same_one_are_an_alarm() -> None:
    stolen = keychain.hand_over(FIRST, FOREIGN.verifier)

    with pytest.raises(BadKey, match="two keys claim to follow"):
        keychain.follow(FIRST.verifier, [*CHANGES, stolen])


def test_key_that_was_given_up_does_not_come_back() -> None:
    back = keychain.hand_over(THIRD, FIRST.verifier)

    with pytest.raises(BadKey, match="given up"):
        keychain.follow(FIRST.verifier, [*CHANGES, back])


@pytest.mark.parametrize(
    "text",
    [
        f"key-change/2\n{FIRST.verifier}\n{SECOND.verifier}\n",
        f"key-change/1\n{FIRST.verifier}\n",
        f"key-change/1\n{FIRST.verifier}\n{SECOND.verifier}\nmore\n",
        f"key-change/1\n{FIRST.verifier} \n{SECOND.verifier}\n",
        f"key-change/1\n{FIRST.verifier}\n{SECOND.verifier}x\n",
        f"key-change/1\n{FIRST.verifier}\n{Signer('other.example/log', b'2' * 32).verifier}\n",
    ],
)
def test_text_of_another_form_is_no_change_of_key(text: str) -> None:
    with pytest.raises(BadKey):
        keychain.follow(FIRST.verifier, [FIRST.sign(text)])


def test_checkpoint_is_no_change_of_key() -> None:
    with pytest.raises(BadKey):
        keychain.read_change(FIRST.sign(f"{NAME}\n1\nAAAA\n"))
