"""What the world may read: pages of awards, open data, the API."""
