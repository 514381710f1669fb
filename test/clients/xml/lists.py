"""What the given calls answer, as the trees that the XML is."""

import json
import sys

from client import call, tree

json.dump([tree(call(**one)) for one in json.load(sys.stdin)], sys.stdout)
