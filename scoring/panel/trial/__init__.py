"""A trial: evaluators score an example, see how far apart they are, and talk. It never counts."""
