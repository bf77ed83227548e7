"""Comments of lead and officers on the sections of a draft, before it is published."""
