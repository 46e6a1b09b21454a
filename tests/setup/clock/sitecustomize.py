"""For processes under libfaketime, with which the kernel refuses Python's own sleep."""

import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
