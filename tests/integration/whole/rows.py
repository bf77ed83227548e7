"""Which things each route is asked for: the moment it is made for, and moments it is not."""

from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

_CHALLENGES = {
    "challenges.show": "draft open signed cancelled",
    "challenges.preview": "draft open",
    "challenges.write": "draft open",
    "challenges.section": "draft open",
    "challenges.criteria": "draft open",
    "documents.attach": "draft open",
    "documents.remove": "draft",
    "documents.own": "draft open",
    "documents.show": "draft open",
    "challenges.add_criterion": "draft open",
    "challenges.change_criterion": "draft open",
    "challenges.delete_criterion": "draft open",
    "challenges.method": "draft open",
    "simulator.show": "draft, in review",
    "simulator.take_over": "draft, in review",
    "challenges.record": "draft signed",
    "challenges.review": "draft, in review, open",
    "challenges.approve": "draft, in review",
    "challenges.return_": "draft, in review",
    "challenges.publish": "draft, ready",
    "challenges.cancel": "draft open signed",
    "challenges.stop": "draft opened",
    "ending.end": "draft open closed signed",
    "challenges.name_opener": "draft open opened",
    "challenges.rules": "draft open",
    "notices.choose": "draft, ready",
    "notices.contract": "draft, ready",
    "challenges.deadline": "draft open changing closed opened",
    "challenges.propose_deadline": "draft open changing closed",
    "challenges.decide_deadline": "open changing",
    "changes.show": "draft open changing closed",
    "changes.section": "open changing",
    "changes.criteria": "open closed",
    "changes.add_criterion": "open closed",
    "changes.change_criterion": "open closed",
    "changes.delete_criterion": "open closed",
    "changes.finish": "open changing",
    "changes.publish": "open changing",
    "changes.discard": "open changing",
    "public_changes.index": "draft open changing",
    "public_changes.show": "draft open changing",
    "public_changes.text": "open changing",
    "web.challenge": "draft opened signed",
    "similar.show": "draft open",
    "reusing.copy": "draft signed",
    "reusing.contact": "draft signed",
    "reusing.adopt": "draft open signed",
    "reusing.withdraw": "open signed",
    "joining.sponsors": "draft open",
    "joining.decide": "draft open",
    "joining.let_write": "draft",
    "joining.shares": "draft open",
    "joining.joint": "draft",
    "joining.leave": "draft",
    "finding.challenge_atom": "draft open signed",
    "finding.challenge_calendar": "draft open signed",
    "following.show": "draft open",
    "following.follow": "draft open",
    "following.unfollow": "draft open",
}
_ELSEWHERE = {
    "elsewhere_choice.choose": "draft open",
    "elsewhere.show": "elsewhere closed",
    "elsewhere.sheet": "elsewhere closed",
    "elsewhere.check": "elsewhere closed",
    "elsewhere.one": "elsewhere closed",
    "elsewhere.remove": "elsewhere",
    "elsewhere.discard": "elsewhere closed",
}
_ASKING = {
    "asking.index": "draft open",
    "asking.show": "draft open",
    "asking.ask": "draft open closed",
    "asking.mine": "draft open",
    "asking.desk": "draft open",
    "asking.reword": "open closed",
    "asking.compose": "open closed",
    "asking.draft": "open closed",
    "asking.publish": "open closed",
    "asking.discard": "open closed",
    "asking.correct": "open closed",
    "consulting.show": "draft, in review, open",
    "consulting.comment": "in review, open",
    "consulting.manage": "in review, open",
    "consulting.end": "in review, open",
    "consulting.reply": "in review, open",
    "consulting.hide": "in review, open",
    "partners.show": "draft, in review, open",
    "partners.connect": "draft, in review",
    "partners.own": "in review, open",
    "reviewing.index": "draft open",
    "reviewing.section": "draft open",
    "reviewing.resolve": "draft open",
    "live.show": "draft open",
    "live.ics": "draft open",
    "live.announce": "open closed",
    "live.change": "open closed",
    "live.cancel": "open closed",
    "live.record": "open closed",
}
_LOGS = {
    "timeline.show": "draft closed opened signed cancelled",
    "timeline.download": "draft closed opened signed cancelled",
    "timeline.show_public": "draft open closed opened signed cancelled",
    "timeline.download_public": "draft open closed opened signed cancelled",
    "plans.show": "draft open signed cancelled",
    "ocds.show": "draft signed",
    "plans.text": "draft open",
    "plans.version": "draft open",
}
_BIDS = {
    "bids.start": "draft open closed",
    "bids.begin": "draft open closed",
    "checking.ask": "open closed",
    "checking.show": "open closed",
    "bids.task_list": "open closed",
    "bids.answer": "open closed",
    "bids.price": "open closed",
    "bids.terms": "open closed",
    "bids.adjustments": "open closed",
    "team.index": "open closed",
    "team.add": "open closed",
    "team.change": "open",
    "team.remove": "open",
    "team.invite": "open closed",
    "team.take_back": "open closed",
    "attachments.index": "open closed",
    "attachments.remove": "open",
    "attachments.draft": "open",
    "attachments.submitted": "submitted",
    "attachments.opened": "open opened",
    "bids.check": "open closed",
    "bids.submit": "open submitted closed",
    "bids.receipt": "open submitted",
    "bids.receipt_file": "open submitted",
    "bids.withdraw": "open submitted closed",
    "bids.change": "submitted changing closed",
    "bids.renewal": "open submitted changing",
    "bids.renew": "open submitted changing",
    "bids.discard": "open submitted changing closed",
    "inviting.index": "open scoring",
    "bids.start_invited": "open submitted",
    "opening.show": "open closed opened",
    "opening.rehearse": "open closed opened",
    "opening.confirm": "open closed opened",
    "opening.bids": "submitted closed opened scoring signed",
    "opening.bid": "submitted closed opened scoring signed",
    "opening.decide": "closed opened scoring",
    "evidence.show": "closed opened",
    "evidence.record": "opened cancelled",
    "evidence.withdraw": "opened",
    "bid_queries.index": "closed scoring signed",
    "bid_queries.show": "closed scoring",
    "bid_queries.ask": "closed scoring signed",
    "bid_queries.extend": "opened scoring",
    "bid_queries.withdraw": "opened scoring",
    "bid_queries.decide": "opened scoring moderating",
    "bid_queries.show_panel": "opened scoring",
    "bids.query": "open scoring",
    "bids.send_answer": "open scoring",
}
_PANEL = {
    "panel.home": "open closed scoring",
    "panel.name": "draft open closed",
    "panel.add": "closed scoring moderating",
    "panel.replace": "closed moderating",
    "panel.briefing": "closed scoring moderating",
    "panel.interests": "closed briefed opened",
    "panel.declared": "closed opened",
    "panel.decide": "opened scoring",
    "panel_found.index": "closed scoring signed",
    "panel_found.decide": "closed scoring",
    "panel_found.reopen": "scoring moderating",
    "panel.begin": "closed opened scoring",
    "panel.chair": "open closed scoring",
    "panel.question": "opened scoring scored",
    "panel.save": "opened scoring scored",
    "panel.bid": "opened scoring scored",
    "panel.save_bid": "scoring scored",
    "panel.texts": "opened scoring",
    "panel.check": "opened scoring scored",
    "panel.correct": "scoring scored moderating",
    "panel.begin_moderation": "scoring scored moderating",
    "panel.moderation": "scored moderating",
    "panel.cell": "scored moderating locked",
    "panel.file": "opened scoring moderating",
    "panel_inviting.invite": "closed moderating",
    "panel_reminding.everybody": "closed moderating",
    "panel_reminding.one": "closed moderating",
    "panel_reminding.due": "closed moderating",
    "panel_assigning.criteria": "closed moderating",
    "panel_masking.masks": "opened scoring",
    "panel_observing.record": "scored moderating locked",
    "panel_trial.show": "closed scoring",
    "panel_trial.example": "closed scoring",
    "panel_inviting.withdraw": "closed moderating",
    "interviews.index": "closed opened",
    "interviews.ics": "closed opened",
    "interviews.offer": "opened moderating",
    "interviews.move": "opened moderating",
    "interviews.withdraw": "opened moderating",
    "interviews.record": "opened scoring",
    "interview.show": "open opened",
    "interview.choose": "open opened",
    "interview.ics": "open opened",
    "panel_sheets.take": "opened scoring scored",
    "panel_sheets.bring": "opened scoring scored",
    "panel_sheets.check": "scoring scored",
    "panel_sheets.discard": "scoring scored",
}
_AWARD = {
    "award.conclude": "scoring moderating locked",
    "award.result": "opened moderating locked signed",
    "award.trace": "opened moderating locked signed",
    "low_prices.index": "moderating locked",
    "low_prices.decide": "moderating locked",
    "preferred.index": "locked recommended",
    "preferred.ask": "recommended intention",
    "preferred.look_up": "recommended intention",
    "preferred.fail": "recommended intention",
    # Nothing is asked for in the world: the answers tell who would be let through.
    "preferred.document": "recommended",
    "preferred.ask_again": "recommended",
    "preferred.extend": "recommended",
    "preferred.record": "recommended",
    "preferred.file": "recommended",
    "asked_of_us.index": "recommended",
    "asked_of_us.give": "recommended",
    "asked_of_us.file": "recommended",
    # In the world nobody goes on: its challenges have one stage.
    "advancing.show": "locked",
    "advancing.cut_off": "locked",
    "advancing.propose": "locked",
    "advancing.confirm": "locked",
    "award.recommend": "moderating locked recommended",
    "award.sign_off": "moderating locked recommended intention",
    "award.contract": "recommended intention signed",
    "award_letters.show": "recommended intention",
    "award_letters.letter": "recommended",
    "award.outcome": "open locked intention",
    "complaints.index": "locked intention",
    "complaints.record": "locked intention",
    "complaints.record_court": "locked intention",
    "again.show": "locked intention",
    "again.propose": "locked intention",
    "again.decide": "intention",
    # In the world nobody has complained: what is about one complaint is there for nobody.
    "complaints.show": "intention",
    "complaints.propose": "intention",
    "complaints.decide": "intention",
    "complaints.end": "intention",
    "complaints.confirm_end": "intention",
    "complaint.show": "locked intention",
    "complaint.complain": "locked intention",
    "complaint.take_back": "intention",
    "case_file.show": "locked signed",
    "case_file.ask": "locked signed",
    "case_file.download": "signed",
    "award_notices.award": "locked, signed",
    "contracts.index": "locked, signed",
    "contracts.show": "signed",
    "contracts.details": "signed",
    "contracts.change": "signed",
    "contracts.answer": "signed",
    "award_notices.change": "locked, signed",
    "awards.show": "open locked intention signed",
    "awards.report": "open locked intention signed",
    "awards.report_full": "open locked intention signed",
    "awards.evaluation": "open moderating locked signed",
}
_ACCOUNTS = {
    "accounts.invite": "supplier body",
    "accounts.roles": "supplier body",
    "accounts.end": "supplier body",
    "accounts.verify": "waiting supplier",
    "rules.choose": "body supplier",
}
_STAGES = {
    "stages.carry": "draft open",
    "stages.index": "draft open",
    "stages.add": "draft open",
    "stages.change": "draft open",
    "stages.move": "draft open",
    "stages.delete": "draft open",
    "stages.later": "draft open",
    "stages.choose": "draft open",
    "stages.apply": "draft open",
    "stages.save": "draft open",
    "stages.packs": "draft open",
}
THINGS = {
    **_CHALLENGES,
    **_ELSEWHERE,
    **_STAGES,
    **_ASKING,
    **_LOGS,
    **_BIDS,
    **_PANEL,
    **_AWARD,
    **_ACCOUNTS,
}


@dataclass(frozen=True)
class Row:
    """One route, method and thing."""

    method: str
    path: str
    endpoint: str
    thing: str


def rows_of(app: Flask) -> list[tuple[Row, Rule]]:
    """Give every row that the routes of `app` ask for, with its route, in order of addresses.

    Pages that each stage of a challenge has are asked for at the first one.

    Raises:
        KeyError: a route about a thing is not in the lists above.
    """
    return [
        (Row(method, rule.rule, rule.endpoint, thing), rule)
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))
        if not is_of_later_stage(rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH", "DELETE"})
        for thing in _things(rule)
    ]


def is_of_later_stage(rule: Rule) -> bool:
    """Tell whether an address is one of a page that a shorter one shows of the first stage."""
    return "stage" in rule.arguments and not (rule.defaults or {})


def _things(rule: Rule) -> list[str]:
    if not rule.arguments & {"reference", "bid_reference", "organisation_id", "membership_id"}:
        return [""]
    listed = THINGS[rule.endpoint]
    found = [name.strip() for name in (listed.split(",") if "," in listed else listed.split())]
    # Of stages there is one in the world, the draft's: elsewhere it is not there for anybody.
    return found[:1] if "stage_id" in rule.arguments else found
