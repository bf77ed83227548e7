"""The log: what happened, in order, written in the transaction of the change, never altered."""
