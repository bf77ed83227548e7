"""The record of a panel: who judged, with which interests, and every score with its reason."""
