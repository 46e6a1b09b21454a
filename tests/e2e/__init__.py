"""Real people's way through the portal: Chromium, gunicorn, Celery's worker, PostgreSQL, Valkey."""
