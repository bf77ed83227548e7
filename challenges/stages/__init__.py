"""The stages of a challenge: what happens, who takes part, what is paid; and templates of them."""
