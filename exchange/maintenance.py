"""The switch that puts the portal to rest: a file. Read at each click, without database, session or restart.

docs/maintenance.md tells an operator how to use it.
"""

from django.conf import settings

# Said when the file does not say how long it will take.
MINUTES = 10
AT_MOST = 7 * 24 * 60


def minutes_left() -> int | None:
    """How long the maintenance will take, as its file says in minutes; None while there is none."""
    try:
        text = settings.MAINTENANCE_FILE.read_text(encoding="ascii", errors="replace")[:20].strip()
    except FileNotFoundError:
        return None
    except OSError:  # there, and not to be read
        return MINUTES
    return min(max(int(text), 1), AT_MOST) if text.isascii() and text.isdigit() else MINUTES
