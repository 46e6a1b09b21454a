"""How gunicorn serves the portal: `gunicorn --config python:exchange.serving exchange.wsgi:application`.

The command line may say otherwise. Read in gunicorn's first process, which is why a change of code needs a new start.
"""

import os
import shutil
import tempfile
from typing import Any

from exchange.settings import LOGGING, env

worker_class = "gthread"
workers = env.int("WEB_WORKERS", default=2)
threads = env.int("WEB_THREADS", default=4)
control_socket_disable = True
# A process that is there and does nothing for so long is ended, and another one begins.
timeout = 20
# Gunicorn's own lines are like ours, and quote as little.
logconfig_dict = LOGGING

# Where Prometheus reads what this gunicorn counts, HOST:PORT; empty: nowhere. Never the portal's own port.
METRICS_BIND = env.str("METRICS_BIND", default="")
if METRICS_BIND:
    # The processes write into files of this folder, so that each can answer for all. Looked for by prometheus_client.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="comity-metrics-")


def post_worker_init(worker: Any) -> None:
    """Called by gunicorn in each of its processes that serve."""
    if METRICS_BIND:
        from exchange import metrics

        metrics.serve_beside(METRICS_BIND)


def on_exit(server: Any) -> None:
    """Called by gunicorn's first process, at its end."""
    if METRICS_BIND:
        shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
