"""Words that name a product where a problem or an outcome should stand. Pure."""

import re
from collections.abc import Iterator

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

# Whoever writes these has decided already what to buy.
_THING = (
    r"(?:mobile |web |online |digital |smart |new |single |central |cloud |software |data |AI )*"
    r"(?:apps?|platforms?|portals?|dashboards?|websites?|systems?|software|solutions?|databases?|"
    r"chatbots?|tools?|products?|packages?|licen[cs]es?|blockchains?)"
)
_WANTED = re.compile(
    rf"\b(?:we|the (?:council|board|body|service|department)|our (?:teams?|staff)) "
    rf"(?:now |also |really |urgently )?(?:needs?|wants?|requires?|must have|are looking for|"
    rf"is looking for|would like) (?:an? |the |some |one )?{_THING}\b",
    re.IGNORECASE,
)
_BOUGHT = re.compile(
    rf"\b(?:buy(?:ing)?|procur(?:e|ing|ement of)|purchas(?:e|ing)|build(?:ing)?|develop(?:ing|ment "
    rf"of)?|implement(?:ing)?|install(?:ing)?|roll(?:ing)? out|suppl(?:y|ying) of|"
    rf"suppl(?:y|ying)|deliver(?:ing)?|provision of) (?:an? |the |some )?{_THING}\b",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"^\W*(?:an?|one) {_THING}\b", re.IGNORECASE | re.MULTILINE)
_SOLUTION = re.compile(r"\b(?:the|an?|our|this|such an?) (?:\w+ )?solutions?\b", re.IGNORECASE)

# Names in whose company's offer a problem would end. Systems that exist and must be worked with
# belong among the constraints, where they are not looked for.
_BRANDS = re.compile(
    r"\b(?:Salesforce|SharePoint|Power ?BI|Power ?Apps|Microsoft 365|Microsoft Teams|Dynamics 365|"
    r"ServiceNow|Oracle|SAP|Workday|Tableau|Azure|AWS|Amazon Web Services|Google Cloud|ChatGPT|"
    r"OpenAI|Copilot|Gemini|WhatsApp|Esri|ArcGIS|Zendesk|Mulesoft|Snowflake|Palantir)\b"
)


_KINDS = (_WANTED, _BOUGHT, _NAMED, _SOLUTION)


def of_products(section: Section, *texts: str) -> Iterator[Finding]:
    """Name the first words that speak of a product, by brand and by kind, as advice."""
    text = "\n".join(filter(None, texts))
    brand = _BRANDS.search(text)
    if brand:
        yield advice(
            section,
            N_(
                "“%(words)s” names a product. Say what it should be able to do: others may do it "
                "too, and the law asks you to let them."
            ),
            words=brand[0],
        )
    found = next(filter(None, (kind.search(text) for kind in _KINDS)), None)
    if found:
        yield advice(
            section,
            N_(
                "“%(words)s” speaks of a product, not of the problem. Say what should be different "
                "for people, and leave the way there to bidders."
            ),
            words=" ".join(found[0].split()),
        )
