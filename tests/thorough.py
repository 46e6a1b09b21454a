"""How far the widest walks go.

`make test` has fifteen minutes on two cores: it goes through every page, form and field once. `make drill-walks` sets
THOROUGH and goes through all that can be put together: each hostile value on each field, each page in each language at
each width.
"""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"
