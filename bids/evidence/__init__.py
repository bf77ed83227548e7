"""Documents of a supplier that one public body checked, and that others need not check again."""
