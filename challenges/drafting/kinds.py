"""The duties in a challenge's team, and the questions of the record before approval. Pure."""

import uuid
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from marketplace.core.text import N_


class Duty(StrEnum):
    """What somebody does for a challenge, besides its lead, who begins it."""

    OFFICER = "officer"
    EXPERT = "expert"
    SERVICE = "service"
    TECHNICAL = "technical"
    USERS = "users"


DUTY_WORDS: Mapping[Duty, str] = {
    Duty.OFFICER: N_("Procurement officer"),
    Duty.EXPERT: N_("Expert on the subject"),
    Duty.SERVICE: N_("Service"),
    Duty.TECHNICAL: N_("Technical"),
    Duty.USERS: N_("Voice of the people affected"),
}


class Colleague(NamedTuple):
    """Somebody of the body who can be named."""

    user_id: uuid.UUID
    name: str


class Topic(StrEnum):
    """A question of the record that a body keeps before a draft is approved."""

    BUSINESS_CASE = "business_case"
    BUDGET = "budget"
    RUNNING = "running"
    ROUTE = "route"
    FRAMEWORKS = "frameworks"
    COMPONENTS = "components"
    LOTS = "lots"
    ENGAGEMENT = "engagement"
    SHARED = "shared"
    INCUMBENT = "incumbent"
    DATA_PROTECTION = "data_protection"
    EQUALITY = "equality"
    CYBER = "cyber"


TOPIC_WORDS: Mapping[Topic, str] = {
    Topic.BUSINESS_CASE: N_("Which business case does this rest on?"),
    Topic.BUDGET: N_("Which budget pays for it?"),
    Topic.RUNNING: N_("Who pays to run it after the first year?"),
    Topic.ROUTE: N_("Why this legal route?"),
    Topic.FRAMEWORKS: N_("Which frameworks did you consider?"),
    Topic.COMPONENTS: N_("Which national components did you consider?"),
    Topic.LOTS: N_("Is it divided into lots?"),
    Topic.ENGAGEMENT: N_("Whom in the market did you talk to?"),
    Topic.SHARED: N_("What did you share with everybody?"),
    Topic.INCUMBENT: N_("What part has a present supplier?"),
    Topic.DATA_PROTECTION: N_("Where is the data protection assessment?"),
    Topic.EQUALITY: N_("Where is the equality assessment?"),
    Topic.CYBER: N_("What is the reference of the cyber risk profile?"),
}

# In the order in which they are asked, under one heading each.
TOPIC_GROUPS: Mapping[str, tuple[Topic, ...]] = {
    N_("Money"): (Topic.BUSINESS_CASE, Topic.BUDGET, Topic.RUNNING),
    N_("The way of buying"): (Topic.ROUTE, Topic.FRAMEWORKS, Topic.COMPONENTS, Topic.LOTS),
    N_("The market"): (Topic.ENGAGEMENT, Topic.SHARED, Topic.INCUMBENT),
    N_("Assessments"): (Topic.DATA_PROTECTION, Topic.EQUALITY, Topic.CYBER),
}
