"""The demonstration: real problems, made-up suppliers and people, in every state."""
