"""Words that an officer masks in answers, because they would tell a panel whose bid it reads."""
