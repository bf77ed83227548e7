"""The auditors' room: a body's awards with their evidence, and the check of a report to print."""
