"""Queries about an opened bid: asked by an officer, answered once by its supplier, decided."""
