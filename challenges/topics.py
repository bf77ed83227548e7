"""The parts of a published challenge that people ask and write about. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from marketplace.core.text import N_


class Topic(StrEnum):
    """A part of the public text, in the order in which it is read."""

    PROBLEM = "problem"
    OUTCOME = "outcome"
    OFFER = "offer"
    MONEY = "money"
    CRITERIA = "criteria"
    TIMELINE = "timeline"
    TERMS = "terms"
    OTHER = "other"


TOPIC_WORDS: Mapping[Topic, str] = {
    Topic.PROBLEM: N_("The problem"),
    Topic.OUTCOME: N_("The outcome that is wanted"),
    Topic.OFFER: N_("Data and people offered"),
    Topic.MONEY: N_("Stages and money"),
    Topic.CRITERIA: N_("How bids are judged"),
    Topic.TIMELINE: N_("Dates"),
    Topic.TERMS: N_("Documents and contract"),
    Topic.OTHER: N_("Something else"),
}


def topic_of(text: str | None) -> Topic | None:
    """Give the topic that a form or an address names, or nothing where it names none."""
    return Topic(text) if text in set(Topic) else None
