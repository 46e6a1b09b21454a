"""What happened, who did it: events that are only ever added."""
