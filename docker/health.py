"""The health check of the services that answer: `health.py PORT PATH`, exit code 0 for an answer of 200."""

from __future__ import annotations

import os
import sys
import urllib.request
from urllib.parse import urlsplit

_program, port, path = sys.argv
site = urlsplit(os.environ.get("SITE_URL", "http://localhost:8000"))
# Asked as the proxy would ask: the portal answers to its own name only, and over TLS where it is so set.
request = urllib.request.Request(
    f"http://127.0.0.1:{port}{path}",
    headers={"Host": site.netloc, "X-Forwarded-Proto": site.scheme},
)
try:
    with urllib.request.urlopen(request, timeout=5) as answer:
        sys.exit(answer.status != 200)
except OSError as problem:
    sys.exit(f"not healthy: {problem}")
