"""How price and quality make a result: the choice of a body, kept, said in words, and frozen.

Three price models stand in front; the others, and what else a method can say, stand behind "More
methods". All of it is what the engine knows (`docs/scoring.md`), and nothing else.
"""
