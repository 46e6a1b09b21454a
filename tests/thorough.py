"""How far the widest walks go.

`make test` goes through every page, form and field once. `make drill-walks` sets THOROUGH and goes through all that can
be put together: each hostile value on each field, each page in each language at each width,
each address by each person.
See docs/adr/0045-what-make-test-leaves-to-drills.md.
"""

import os

THOROUGH = os.environ.get("THOROUGH") == "1"
