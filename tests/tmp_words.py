import tests.audit.test_words as w
from tests.audit.test_words import *
from collections import defaultdict
w.FAMILIES = defaultdict(set, w.FAMILIES)
def test_missing():
    recorded = {name for path in product_python(settings.BASE_DIR) for name in names_in(path)}
    print("MISSING", sorted(recorded - registry.taught(recorded)))
