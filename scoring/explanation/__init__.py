"""Explains a result to people: sentences and pictures made from a result document. Pure.

Stands just above the engine, so that the decision's pages and the report show the same.
"""
