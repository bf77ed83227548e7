"""How the log tells that the record of a panel was read.

Imported for its effect, by the service.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

register({"panel.read": Telling(N_("The record of the panel was read"), kind=Kind.PANEL)})
