"""The quick check: may we bid? Asked before any effort, without an account, kept nowhere."""
