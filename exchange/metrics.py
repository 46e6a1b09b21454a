"""What is counted of each answer, and the inner door at which Prometheus reads it: docs/adr/0049-logs-and-metrics.md.

Labels are names of views and events, kinds and statuses: short lists that our own code holds. No person, no agency, no
record, nothing that somebody typed.
"""

import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, Counter, Histogram, make_wsgi_app
from prometheus_client.multiprocess import MultiProcessCollector

# Around the half second in which a page is to be there.
SECONDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2, 5, 10)

ANSWERED = Histogram("comity_answer_seconds", "How long answers took, by view.", ["view"], buckets=SECONDS)
ANSWERS = Counter("comity_answers", "Answers, by view and status.", ["view", "status"])
REFUSALS = Counter("comity_refusals", "Acts refused and written into the audit log, by event.", ["event"])
SIGN_IN_FAILURES = Counter("comity_sign_in_failures", "Sign-ins with a wrong address or password, or a closed account.")

COUNTED = (ANSWERED, ANSWERS, REFUSALS, SIGN_IN_FAILURES)


def answered(view: str, status: int, seconds: float) -> None:
    """Count one answer."""
    ANSWERED.labels(view).observe(seconds)
    ANSWERS.labels(view, str(status)).inc()


def refused(event: str) -> None:
    """Count one refusal; the audit log calls this."""
    REFUSALS.labels(event).inc()


def sign_in_failed(**_: object) -> None:
    """Count one failed sign-in; nothing of what was tried is looked at."""
    SIGN_IN_FAILURES.inc()


class _Server(ThreadingMixIn, WSGIServer):
    """Each of gunicorn's processes listens at the same port, and whichever hears the question answers for all."""

    daemon_threads = True
    allow_reuse_port = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Being read every quarter of a minute is no event."""


def door(bind: str, registry: CollectorRegistry) -> WSGIServer:
    """A server at HOST:PORT that answers with these metrics and nothing else. Raises ValueError, OSError."""
    host, separator, port = bind.rpartition(":")
    if not separator or not port.isdigit():
        raise ValueError(f"'{bind}' is no HOST:PORT, such as 127.0.0.1:9100")
    return make_server(host, int(port), make_wsgi_app(registry), _Server, _Quiet)


def serve_beside(bind: str) -> None:
    """Serve what all processes of this gunicorn have counted, in a thread of this one."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    threading.Thread(target=door(bind, registry).serve_forever, name="metrics", daemon=True).start()
