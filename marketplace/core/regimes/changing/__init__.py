"""Versions of regimes that are set in the service: proposed by one admin, confirmed by another."""
