"""What an award and a change of its contract say in each field of their notices. Pure."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from bids.team.document import Subcontractor, subcontractors
from challenges.law import Law
from challenges.notices.pack import amount, day
from marketplace.core.regimes.book import LONDON

if TYPE_CHECKING:
    from marketplace.core.regimes.notice_forms import ChangeGround
    from scoring.award.contracts.models import ContractChange
    from scoring.award.models import Contract
    from scoring.award.notices.queries import Award


def award_answers(award: "Award", link: str) -> dict[str, str]:
    """Give the answers that an award holds, by their names."""
    return {
        **contract_answers(award.contract),
        "award_link": f"{link}\nThe award report there says who was chosen, why, and how to check.",
        "bids": str(award.bids),
        "bids_of_smes": str(award.bids_of_smes),
        "subcontracting": "\n".join(
            f"{each.name}: {each.does} ({_share(each)})" for each in subcontractors(award.team)
        ),
        "supplier": award.supplier,
        "supplier_is_sme": {True: "Yes", False: "No", None: ""}[award.supplier_is_sme],
    }


def _share(told: Subcontractor) -> str:
    percent = told.share_percent
    return "its share is not known" if percent is None else f"{percent}% of the work"


def contract_answers(contract: "Contract | None") -> dict[str, str]:
    """Give the answers that a signed contract holds; all are empty before there is one."""
    return {
        "contract_reference": contract.reference if contract else "",
        "contract_value": amount(contract.value_minor) if contract else "",
        "signed_on": day(contract.signed_at.astimezone(LONDON).date()) if contract else "",
    }


def change_answers(change: "ContractChange", ground: "ChangeGround | None") -> dict[str, str]:
    """Give the answers that a change of a contract holds, by their names."""
    return {
        "ground": f"{ground.says} ({ground.provision})" if ground else "",
        "value_after": amount(change.value_after_minor),
        "value_before": amount(change.value_before_minor),
        "what": change.what,
        "why": change.why,
    }


def award_notice_due(law: Law, signed_at: datetime) -> date:
    """Give the last day on which the award notice of a contract is published in time."""
    signed = signed_at.astimezone(LONDON).date()
    return signed + timedelta(days=law.band.notices.award_days)
