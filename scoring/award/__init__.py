"""The decision: result, recommendation, sign-off, intention to award, contract."""
