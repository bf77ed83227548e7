"""Messages to people: finished text comes in, is kept, and goes out by a job."""
