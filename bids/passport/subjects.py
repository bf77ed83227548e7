"""The subjects of a passport: what each asks, and in which words. Pure.

None is needed to submit a bid: for that the declaration is enough. They are asked because buyers
ask for them again and again; a supplier answers them when it likes, or never.
"""

from bids.passport.kinds import Asked, Kind, Part, Subject
from marketplace.core.text import N_

# Lists longer than this are for an annex, not for a form.
ROWS_MOST = 20

BIDDERS = (
    ("company", N_("A company or a partnership with a company number")),
    ("charity", N_("A charity")),
    ("university", N_("A university, college or research body")),
    ("sole_trader", N_("A sole trader")),
    ("forming", N_("People who will form an organisation before the contract")),
    ("other", N_("Something else")),
)

_IDENTITY = Asked(
    Subject.IDENTITY,
    N_("Who you are"),
    N_(
        "Your name in law, the numbers by which others find you, and whom to ask. Your bids show "
        "the name by which you registered here."
    ),
    parts=(
        Part("kind", N_("What are you?"), Kind.CHOICE, required=N_("Choose what you are"),
             choices=BIDDERS),
        Part("legal_name", N_("Legal name"), required=N_("Enter your legal name"),
             hint=N_("As registered. Without an organisation: the names of the people.")),
        Part("trading_name", N_("Trading name (optional)")),
        Part("company_number", N_("Company number (if you have one)"), Kind.COMPANY,
             hint=N_("8 characters, such as SC123456. Leave it empty if you are not registered.")),
        Part("charity_number", N_("Charity number (if you have one)"), Kind.CHARITY,
             hint=N_("Such as SC012345")),
        Part("no_number", N_("Why you have no number (only if you have none)"),
             hint=N_("Such as a charity that need not register.")),
        Part("vat_number", N_("VAT number (if you are registered for VAT)"), Kind.VAT),
        Part("address", N_("Address"), Kind.LONG, required=N_("Enter your address")),
        Part("contact", N_("Person or office to contact"),
             required=N_("Enter the person or office to contact"),
             hint=N_("For questions about your bids. It may be an office, such as Sales.")),
        Part("email", N_("E-mail address to contact"), Kind.EMAIL,
             required=N_("Enter an e-mail address to contact")),
        Part("telephone", N_("Telephone number (optional)"), Kind.TELEPHONE),
        Part("website", N_("Website (optional)"), Kind.WEBSITE),
    ),
)  # fmt: skip

_SIZE = Asked(
    Subject.SIZE,
    N_("How large you are"),
    N_(
        "Your size class is worked out from this. It tells how many small suppliers take part, and "
        "decides nothing about your bid."
    ),
    parts=(
        Part("staff", N_("How many people work for you?"), Kind.WHOLE,
             hint=N_("Count part-time work by its share, and round to whole people."),
             required=N_("Enter how many people work for you, 0 if none")),
        Part("turnover_minor", N_("Turnover of the last year, without VAT"), Kind.MONEY,
             required=N_("Enter your turnover, 0 if none yet")),
        Part("balance_minor", N_("Balance sheet total"), Kind.MONEY,
             required=N_("Enter your balance sheet total, 0 if you have none")),
    ),
    row_title=N_("An organisation that owns a part of you, or that you own a part of"),
    rows=(
        Part("name", N_("Name"), required=N_("Enter its name")),
        Part("share", N_("Share owned, in percent"), Kind.PERCENT, least=1,
             required=N_("Enter the share, from 1 to 100"),
             hint=N_("Above 50 it counts whole, from 25 to 50 by its share, below 25 not at all.")),
        Part("staff", N_("Its people"), Kind.WHOLE, required=N_("Enter its people, 0 if none")),
        Part("turnover_minor", N_("Its turnover"), Kind.MONEY,
             required=N_("Enter its turnover, 0 if none")),
        Part("balance_minor", N_("Its balance sheet total"), Kind.MONEY,
             required=N_("Enter its balance sheet total, 0 if none")),
    ),
)  # fmt: skip

_SIGNATORIES = Asked(
    Subject.SIGNATORIES,
    N_("Who may sign for you"),
    N_("The people who can sign a contract."),
    row_title=N_("A person who may sign"),
    rows=(
        Part("name", N_("Name"), required=N_("Enter the person's name")),
        Part("position", N_("Position"), required=N_("Enter the person's position")),
    ),
)

_INSURANCE = Asked(
    Subject.INSURANCE,
    N_("Insurance"),
    N_("What you have now. Where a contract asks for more, you can get it before you sign."),
    row_title=N_("An insurance"),
    ends="ends_on",
    rows=(
        Part("kind", N_("Kind"), Kind.CHOICE, required=N_("Choose the kind of insurance"), choices=(
            ("employers", N_("Employers’ liability")),
            ("public", N_("Public liability")),
            ("professional", N_("Professional indemnity")),
            ("product", N_("Product liability")),
            ("cyber", N_("Cyber")),
            ("other", N_("Another kind")),
        )),
        Part("cover_minor", N_("Cover"), Kind.MONEY, required=N_("Enter the sum that is covered")),
        Part("insurer", N_("Insurer (optional)")),
        Part("ends_on", N_("Ends on"), Kind.DAY, required=N_("Enter the day on which it ends")),
    ),
)  # fmt: skip

_CERTIFICATES = Asked(
    Subject.CERTIFICATES,
    N_("Certificates"),
    N_("Such as Cyber Essentials or ISO 27001. Evidence is asked only from the preferred bidder."),
    row_title=N_("A certificate"),
    ends="ends_on",
    rows=(
        Part("name", N_("Name"), required=N_("Enter the certificate's name")),
        Part("number", N_("Number (optional)")),
        Part("ends_on", N_("Ends on"), Kind.DAY, required=N_("Enter the day on which it ends")),
    ),
)

_FAIR_WORK = Asked(
    Subject.FAIR_WORK,
    N_("Fair work"),
    N_("What you do for the people who work for you."),
    parts=(
        Part("living_wage", N_("Do you pay everybody at least the real living wage?"), Kind.CHOICE,
             required=N_("Choose an answer"), choices=(
                 ("yes", N_("Yes")),
                 ("working", N_("Not yet: we are working on it")),
                 ("alone", N_("Nobody works for us")),
                 ("no", N_("No")),
             )),
        Part("says", N_("What do you do for fair work?"), Kind.LONG,
             hint=N_("Such as secure hours, a voice at work, training, equality.")),
    ),
)  # fmt: skip

_PROMPT_PAYMENT = Asked(
    Subject.PROMPT_PAYMENT,
    N_("Prompt payment"),
    N_("How fast you pay those who work for you under a contract."),
    parts=(
        Part("days", N_("Days within which you usually pay an invoice"), Kind.WHOLE,
             required=N_("Enter a number of days")),
        Part("share", N_("Invoices paid within 30 days, in percent (if you know)"), Kind.PERCENT),
        Part("says", N_("Anything to add (optional)"), Kind.LONG),
    ),
)  # fmt: skip

_CLIMATE = Asked(
    Subject.CLIMATE,
    N_("Climate"),
    N_("What you do about your emissions."),
    parts=(
        Part("plan", N_("Do you have a plan to reduce your emissions?"), Kind.CHOICE,
             required=N_("Choose an answer"), choices=(
                 ("yes", N_("Yes")), ("working", N_("Not yet: we are working on it")),
                 ("no", N_("No")),
             )),
        Part("says", N_("What do you do?"), Kind.LONG),
    ),
)  # fmt: skip

ASKED = {
    asked.subject: asked
    for asked in (
        _IDENTITY,
        _SIZE,
        _SIGNATORIES,
        _INSURANCE,
        _CERTIFICATES,
        _FAIR_WORK,
        _PROMPT_PAYMENT,
        _CLIMATE,
    )
}
