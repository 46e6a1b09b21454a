"""How gunicorn serves the portal: `gunicorn --config python:exchange.serving exchange.wsgi:application`.

The command line may say otherwise. Read in gunicorn's first process, which is why a change of code needs a new start.
"""

from exchange.settings import LOGGING, env

worker_class = "gthread"
workers = env.int("WEB_WORKERS", default=2)
threads = env.int("WEB_THREADS", default=4)
control_socket_disable = True
# Gunicorn's own lines are like ours, and quote as little.
logconfig_dict = LOGGING
