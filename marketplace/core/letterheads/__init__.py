"""How a body presents itself in letters and papers: its letterhead, and a template of its own."""
