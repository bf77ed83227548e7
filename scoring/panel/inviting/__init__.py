"""Invitations to a panel by e-mail, for people from outside the body too."""
