"""The questions of the quick check, and what each answer means. Pure.

Nothing here decides: an answer only says what the person should look at before they begin. What
the law or a challenge asks for and what stops a bid are told apart, and what nobody can know yet
("I am not sure") is never taken for a no.
"""

from bids.checking.shapes import Choice, Effect, Facts, Key, Question
from marketplace.core.text import N_

# More would not be quick. The page says so, and a test counts.
QUESTIONS_MOST = 10


_YES, _NO = Choice("yes", N_("Yes")), Choice("no", N_("No"))


def _unsure(says: str, do: str) -> Choice:
    """Give the answer of who does not know: never taken for a no."""
    return Choice("unsure", N_("I am not sure"), Effect.IF, says, do)


def questions(facts: Facts) -> list[Question]:
    """Give the questions that a challenge raises, at most `QUESTIONS_MOST`, in their order."""
    asked = [_bidder(), _crimes(facts), _tax(), _other(), _conflict(facts)]
    if facts.turnover:
        asked.append(_turnover(facts))
    if facts.insurance:
        asked.append(_insurance(facts))
    if facts.most:
        asked.append(_money(facts))
    asked.append(_closing(facts))
    if facts.starts:
        asked.append(_start(facts))
    return asked


def _bidder() -> Question:
    return Question(
        Key.BIDDER,
        N_("Who would bid?"),
        N_("Firms of any size are welcome, and so are people who have no firm yet."),
        (
            Choice("company", N_("A company")),
            Choice("charity", N_("A charity or social enterprise")),
            Choice("university", N_("A university or college")),
            Choice("sole_trader", N_("A sole trader")),
            Choice(
                "forming",
                N_("People who have not formed an organisation yet"),
                Effect.IF,
                N_("You can bid now, but a contract needs somebody to sign it."),
                N_("Form your organisation before the contract is signed."),
            ),
            Choice(
                "several",
                N_("Several organisations together"),
                Effect.IF,
                N_("One of you leads the bid, and each partner declares for itself."),
                N_("Agree who leads, and ask each partner to make this check too."),
            ),
        ),
        {},
    )


def _crimes(facts: Facts) -> Question:
    excludes = (
        N_("The public body’s own rules say when a conviction excludes a bidder.")
        if facts.own_rules
        else N_("The law excludes a bidder after such a conviction, unless it has put it right.")
    )
    return Question(
        Key.CRIMES,
        N_(
            "In the last 5 years, was your organisation, or anybody in charge of it, convicted of "
            "a serious crime?"
        ),
        N_("Such as fraud, bribery, money laundering, or using child labour."),
        (
            _NO,
            Choice(
                "righted",
                N_("Yes, and we have put it right since"),
                Effect.IF,
                excludes,
                N_(
                    "Say in your declaration what you paid, explained and changed. An officer "
                    "decides and gives the reason."
                ),
            ),
            Choice(
                "yes",
                N_("Yes, and we have not put it right yet"),
                # Below the law's reach nobody but the body can say that it excludes.
                Effect.IF if facts.own_rules else Effect.STOPS,
                excludes,
                N_(
                    "Pay for the harm, explain it to the authorities, and change what let it "
                    "happen. Then you can show so and bid."
                ),
            ),
            _unsure(
                excludes,
                N_("Ask everybody who is in charge of your organisation before you declare."),
            ),
        ),
        {},
    )


def _tax() -> Question:
    return Question(
        Key.TAX,
        N_("Do you owe tax or social security payments?"),
        N_("What is not due yet does not count."),
        (
            _NO,
            Choice("agreed", N_("Yes, and we have agreed a plan to pay and keep to it")),
            Choice(
                "yes",
                N_("Yes, and we have not agreed a plan to pay"),
                Effect.IF,
                N_("Unpaid tax can exclude a bidder until it is paid or a plan is agreed."),
                N_("Pay, or agree a plan with the tax authority, before you submit your bid."),
            ),
            _unsure(
                N_("Unpaid tax can exclude a bidder until it is paid or a plan is agreed."),
                N_("Ask whoever keeps your accounts."),
            ),
        ),
        {},
    )


def _other() -> Question:
    says = N_("A public body may exclude a bidder for this. It does not have to.")
    return Question(
        Key.OTHER,
        N_("In the last 3 years, did anything else happen that a public body should know?"),
        N_(
            "Such as insolvency, a blacklist of workers, breaking environmental or employment law, "
            "a public contract that ended early because of you, or fixing prices with others."
        ),
        (
            _NO,
            Choice(
                "yes",
                N_("Yes"),
                Effect.IF,
                says,
                N_("Say in your declaration what happened and what you did to put it right."),
            ),
            _unsure(
                says,
                N_("Read the list of the law in the declaration before you make it."),
            ),
        ),
        {},
    )


def _conflict(facts: Facts) -> Question:
    says = N_(
        "A bidder must not have an unfair advantage, and nobody may decide about a bid of their "
        "own people."
    )
    return Question(
        Key.CONFLICT,
        N_(
            "Does anybody of yours work for %(buyer)s, have close family there, or have helped to "
            "prepare this challenge?"
        ),
        "",
        (
            _NO,
            Choice(
                "yes",
                N_("Yes"),
                Effect.IF,
                says,
                N_(
                    "Tell %(buyer)s who it is before you bid. Often it is enough that this person "
                    "takes no part."
                ),
            ),
            _unsure(
                says,
                N_("Ask your people, and ask %(buyer)s if in doubt."),
            ),
        ),
        {"buyer": facts.buyer},
    )


def _turnover(facts: Facts) -> Question:
    says = N_("Bidders must have had a turnover of at least %(turnover)s.")
    return Question(
        Key.TURNOVER,
        N_("Was your turnover at least %(turnover)s in a year?"),
        N_("Turnover is all that you were paid for goods and services, without VAT."),
        (
            _YES,
            Choice(
                "together",
                N_("Only together with a partner"),
                Effect.IF,
                says,
                N_("Bid as a team, and ask %(buyer)s whether your turnovers count together."),
            ),
            Choice(
                "no",
                N_("No"),
                Effect.STOPS,
                says,
                N_(
                    "Look for a partner to bid with, or ask %(buyer)s why it needs this much. It "
                    "can change what it asks for."
                ),
            ),
            _unsure(says, N_("Look at your last accounts.")),
        ),
        {"turnover": facts.turnover, "buyer": facts.buyer},
    )


def _insurance(facts: Facts) -> Question:
    says = N_("Bidders must have insurance of at least %(insurance)s.")
    return Question(
        Key.INSURANCE,
        N_("Do you have insurance of at least %(insurance)s, or could you get it?"),
        N_("The public body says in the challenge what must be insured, and from when."),
        (
            Choice("yes", N_("We have it")),
            Choice(
                "get",
                N_("We could get it"),
                Effect.IF,
                says,
                N_("Ask an insurer what it costs, and count it into your price."),
            ),
            Choice(
                "no",
                N_("We could not get it"),
                Effect.STOPS,
                says,
                N_("Ask %(buyer)s whether less would do, or whether a partner’s insurance counts."),
            ),
            _unsure(says, N_("Ask your insurer.")),
        ),
        {"insurance": facts.insurance, "buyer": facts.buyer},
    )


def _money(facts: Facts) -> Question:
    text, says = (
        (N_("Could you do this step for %(most)s?"), N_("This step pays %(most)s to each, fixed."))
        if facts.fixed
        else (
            N_("Could you do this work for at most %(most)s?"),
            N_("A bid above %(most)s cannot be taken."),
        )
    )
    return Question(
        Key.MONEY,
        text,
        N_("Without VAT."),
        (
            _YES,
            Choice(
                "no",
                N_("No"),
                Effect.STOPS,
                says,
                N_("Ask %(buyer)s whether a smaller part of the work would help it."),
            ),
            _unsure(
                says,
                N_("Work out what it costs you before you write the rest."),
            ),
        ),
        {"most": facts.most, "buyer": facts.buyer},
    )


def _closing(facts: Facts) -> Question:
    says = N_("Bids close at %(closes)s. At the closing time is too late.")
    return Question(
        Key.CLOSING,
        N_("Can you send your bid before %(closes)s?"),
        N_("Most bids take an evening. You can stop, come back, and change it until then."),
        (
            _YES,
            Choice(
                "no",
                N_("No"),
                Effect.STOPS,
                says,
                N_("Follow this challenge: you are told if more time is given."),
            ),
            _unsure(
                says,
                N_("Start your bid now: we remind you before it closes."),
            ),
        ),
        {"closes": facts.closes},
    )


def _start(facts: Facts) -> Question:
    says = N_("The work is planned to begin on %(starts)s. This day is planned, not promised.")
    return Question(
        Key.START,
        N_("Could you begin the work on %(starts)s?"),
        "",
        (
            _YES,
            Choice(
                "no",
                N_("No"),
                Effect.IF,
                says,
                N_("Ask %(buyer)s whether the work could begin later."),
            ),
            _unsure(
                says,
                N_("Look at who would do the work, and say in your bid when they can."),
            ),
        ),
        {"starts": facts.starts, "buyer": facts.buyer},
    )
