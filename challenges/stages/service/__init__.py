"""Writes of stages, of templates and of packs of criteria, gathered under one name."""

from challenges.stages.service.carrying import carry
from challenges.stages.service.packs import add_from_packs
from challenges.stages.service.steps import (
    add_stage,
    change_stage,
    delete_stage,
    move_stage,
    save_later,
)
from challenges.stages.service.templates import (
    apply_template,
    begin,
    delete_template,
    edition_of,
    rename_template,
    save_template,
)

__all__ = [
    "add_from_packs",
    "add_stage",
    "apply_template",
    "begin",
    "carry",
    "change_stage",
    "delete_stage",
    "delete_template",
    "edition_of",
    "move_stage",
    "rename_template",
    "save_later",
    "save_template",
]
