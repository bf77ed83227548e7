"""Letters to bidders who have no account here, which an officer sends."""
