"""Regimes: the law's figures as dated data, one TOML file each; nothing of law stands in code."""
