"""The frame of the site: home, dashboards, error pages, health, the demonstration's doors."""
