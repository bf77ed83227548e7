"""What a court ordered about a signed contract: it holds once two people have recorded it."""
