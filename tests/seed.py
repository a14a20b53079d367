"""The seed of the tests that draw at random."""

import os
import secrets
from typing import Final

#: Told in the summary of every run, and given to see the same again.
SEED: Final = int(os.environ.get("JIEBANG_FUZZ_SEED") or secrets.randbelow(10**9))
