"""The first act: a challenge is written, refused where it does not add up, approved, published."""

import re

from challenges.drafting.kinds import TOPIC_WORDS, Topic
from tests.browser.person import Person, turn_page
from tests.browser.play import CLOSES, PASSPHRASES, TITLE, Play

PROBLEM = (
    "People wait for buses in the cold, on every weekday from October to April. They do not know "
    "which halls and shops nearby are open and warm, so they stand outside, and some stay at home. "
    "Last winter the council counted 400 people at nine stops in one week."
)
AGAIN = "The same passphrase again"
SHORT_SECTIONS = (
    ("What has been tried", "What has been tried?", "A list that is out of date by Tuesday."),
    (
        "What every answer must respect",
        "What must every answer respect?",
        "It must work without a smartphone.",
    ),
    ("What you offer", "Which data and places do you offer?", "Opening hours of 60 halls."),
    (
        "Documents and draft contract",
        "Which terms would the contract have? (optional)",
        "Our usual terms for small contracts.",
    ),
)
WHY_REFUSED = "The weights add up to 90. Together with price they must add up to 100."


def write(play: Play) -> None:
    """The lead writes every section, then asks for review; weights that do not sum are refused."""
    lead = play.as_("Lena Lead")
    lead.press("Write a new challenge")
    lead.press("Begin the draft", status=422)
    lead.refused("title")
    lead.fill({"What is your challenge, as a question?": TITLE})
    lead.press("Begin the draft")
    assert lead.heading == "Has somebody solved this already?"
    lead.press("Go on writing")
    assert lead.heading == "Write the challenge"
    play.reference = lead.path.split("/")[3]
    _write_sections(lead)
    _write_criteria(lead)
    _refuse_wrong_sum(lead)
    lead.press("Submit for review")
    lead.told("Submitted for review.", "In review")


def _write_sections(lead: Person) -> None:
    lead.follow("The problem")
    lead.fill(
        {
            "Summary": "Waiting rooms are cold in winter, and people do not know which are open.",
            "What is the problem?": PROBLEM,
            "What happens today?": "A list on paper hangs in the library.",
            "Why now?": "The timetable changes in spring.",
        }
    )
    lead.press("Save this section")
    lead.follow("The people it affects")
    lead.fill(
        {
            "Who does it affect?": "Older people and parents with small children, about 4,000.",
            "What did they tell you?": "Twelve of them were asked at three stops.",
        }
    )
    lead.press("Save this section")
    lead.follow("The outcome you want")
    lead.fill(
        {
            "What outcome do you want?": "People find a warm place within five minutes’ walk.",
            "How would you know that it works?": "* Half of those asked used it.",
        }
    )
    lead.press("Save this section")
    for section, question, text in SHORT_SECTIONS:
        lead.follow(section)
        lead.fill({question: text})
        lead.press("Save this section")
    lead.follow("Place and sector")
    lead.select("Region", "Central")
    lead.select("Sector", "Transport")
    lead.press("Save this section")
    lead.follow("Money and legal route")
    lead.choose("Below the thresholds, by the body’s own rules")
    lead.fill({"Total value, in pounds without VAT": "150,000"})
    lead.choose("Price counts, measured against two amounts set beforehand")
    lead.fill(
        {
            "Price that gets all the points": "10,000",
            "Price that gets no points": "50,000",
            "Budget, in pounds without VAT": "60,000",
            "Weight of price": "30",
        }
    )
    lead.press("Save this section")
    lead.follow("Timeline")
    closing = "When does bidding close?"
    wrong = {"Day": "31", "Month": "2", "Year": f"{CLOSES:%Y}", "Hour": "12", "Minute": "00"}
    lead.fill(wrong, group=closing)
    lead.press("Save this section", status=422)
    lead.refused("Enter a real date and time")
    lead.fill({"Day": f"{CLOSES:%d}", "Month": f"{CLOSES:%m}"}, group=closing)
    lead.press("Save this section")
    lead.follow("Joint sponsors")
    lead.fill({"Which other bodies join in?": "Sample Transport Partnership"})
    lead.press("Save this section")
    _choose_a_code(lead)
    _write_for_the_body(lead)


def _choose_a_code(lead: Person) -> None:
    """Find the code of the contract notice by words."""
    lead.follow("Codes for the notice")
    lead.fill({"Words, or the first digits of a code": "data services"})
    lead.press("Search codes")
    lead.press("Main code : Data services")
    lead.told("Data services 72300000-8 Main")
    lead.follow("All sections", within="body")


def _write_for_the_body(lead: Person) -> None:
    """Name the team and fill in the record; what does not apply needs its reason."""
    lead.follow("Your team")
    for duty in ("Service", "Technical", "Voice of the people affected"):
        lead.fill({"Name and job, or what they add": f"Sam Sample, {duty}"}, group=duty)
    lead.fill({"How many people will score the bids?": "3"})
    lead.press("Save this section")
    lead.follow("Your record before approval")
    for words in TOPIC_WORDS.values():
        lead.fill({words: "It is in our files."})
    lots = TOPIC_WORDS[Topic.LOTS]
    lead.fill({lots: ""})
    lead.page.locator("#lots_na").check()
    lead.press("Save this section", status=422)
    lead.refused("Say why this does not apply.")
    lead.fill({lots: "It is one small piece of work."})
    lead.press("Save this section")


def _write_criteria(lead: Person) -> None:
    lead.follow("How bids are judged")
    asked = [
        ("Solves", "How would you solve the problem?", "40"),
        ("Team", "Who would do the work?", "30"),
    ]
    for title, question, weight in asked:
        lead.press("Add a criterion")
        lead.fill(
            {
                "Short name": title,
                "What do you ask bidders?": question,
                "What does a good answer hold? (optional)": "Start from the people.",
                "Weight": weight,
                "Word limit (optional)": "200",
            }
        )
        lead.press("Save this criterion")
    lead.told("100 of 100")
    lead.press("Add a criterion")
    lead.press("Save this criterion", status=422)
    lead.refused("Enter a weight, such as 30.")
    lead.follow("Leave without saving")
    lead.follow("All sections", within="body")


# Not the hidden first button that does what Enter does.
SAVE_WEIGHTS = "main button:not([tabindex])"


def _refuse_wrong_sum(lead: Person) -> None:
    """Spoil the sum in a second tab while the page that submits is open in the first."""
    lead.press("Check and submit for review")
    lead.told("Nothing is missing, and nothing looks weak.")
    other = lead.context.new_page()
    other.goto(lead.page.url.replace("/review", "/write/criteria"))
    weight = other.get_by_label("Weight of Team", exact=True)
    right = weight.input_value()
    weight.fill(str(int(right) - 10))
    turn_page(other, other.locator(SAVE_WEIGHTS, has_text="Save the weights"))

    lead.press("Submit for review", status=422)

    lead.refused(WHY_REFUSED)
    other.get_by_label("Weight of Team", exact=True).fill(right)
    turn_page(other, other.locator(SAVE_WEIGHTS, has_text="Save the weights"))
    other.close()
    lead.go(lead.path)


def approve_and_publish(play: Play) -> None:
    """Another person approves, who has to set the second step up first; then it is published."""
    lead = play.people["Lena Lead"]
    lead.go(f"{play.hub}/review")
    lead.told("procurement officer")
    assert lead.main.get_by_role("button", name="Approve").count() == 0
    assert lead.download(f"{play.hub}/publish")[0] == 403
    officer = play.people["Oona Officer"]
    officer.sign_in()
    officer.set_up_second_step()
    officer.told("Waiting for you", TITLE)
    officer.follow(re.compile("^Review it, then approve or return it"))
    officer.press("Approve")
    officer.told("Approved.")
    officer.follow("Publish it")
    officer.told("The plan is frozen when you publish: criteria, questions, weights and method.")
    officer.choose("Oona Officer", "Omar Officer")
    officer.press("Publish now", status=422)
    officer.refused("Choose at least three")
    officer.choose("Orla Officer")
    officer.press("Publish now")
    officer.told("Published.", "Open for bids")
    for name in ("Oona Officer", "Omar Officer", "Orla Officer"):
        told = play.letters(play.people[name].email)
        assert any("Set your opening passphrase now" in letter for letter in told)


def prepare_to_open(play: Play) -> None:
    """Two officers set their opening passphrases, each on their own, and one tests it."""
    for name, passphrase in PASSPHRASES.items():
        officer = play.as_(name)
        officer.go(f"{play.hub}/opening")
        officer.told("Test that you can open", "First set your opening passphrase.")
        officer.press("Set your opening passphrase")
        officer.told("Nobody can find your passphrase out for you")
        officer.fill({"Opening passphrase": "too short", AGAIN: "too short"})
        officer.press("Set this passphrase", status=422)
        officer.refused("Use at least 16 characters")
        officer.fill({"Opening passphrase": passphrase, AGAIN: f"{passphrase}s"})
        officer.press("Set this passphrase", status=422)
        officer.refused("Enter the same passphrase in both boxes")
        officer.fill({"Opening passphrase": passphrase, AGAIN: passphrase})
        officer.press("Set this passphrase")
        officer.told("Your opening passphrase is set.")
    officer.go(f"{play.hub}/opening")
    officer.fill({"Your opening passphrase": PASSPHRASES["Oona Officer"]})
    officer.press("Test that I can open", status=422)
    officer.refused("This is not your opening passphrase")
    officer.fill({"Your opening passphrase": PASSPHRASES["Omar Officer"]})
    officer.press("Test that I can open")
    officer.told("It works", "Orla Officer No passphrase Has not tested yet")


def find(play: Play) -> None:
    """A visitor finds the challenge by a word on the home page, and reads it."""
    visitor = play.come("Vera Visitor")
    visitor.go("/")
    visitor.main.get_by_role("searchbox").fill("warm place")
    visitor.press("Search")
    assert visitor.path == "/challenges"
    visitor.told("Words: warm place")
    visitor.follow(TITLE)
    assert visitor.heading == TITLE
    visitor.told("they stand outside", "How would you solve the problem?", "Start a bid")
    visitor.told("£10,000")
    assert visitor.download(f"{play.hub}/bids")[0] in (200, 401, 403)
    visitor.go("/work")
    assert visitor.path == "/sign-in"
