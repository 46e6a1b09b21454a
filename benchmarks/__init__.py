"""How long the door takes to answer, against the same question without a door and against guardian's own answer;
and how many notifications a worker delivers, against tasks that do nothing.

`make bench` builds databases of several sizes, asks the same questions in turn, and compares within one run: the
ratios stay true on a slow or busy machine, the milliseconds do not.
"""
