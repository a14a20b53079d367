"""Policy: YAML that policy staff own, read into a typed tree, decided by the engine, explained.

Plain data in, plain data out; nothing here knows of storage or HTTP.
"""

from jiebang.policy.book import Book, load_book, read_book
from jiebang.policy.decider import Decider, EngineUnavailable
from jiebang.policy.decision import EXPLANATION, Decision, canonical_json
from jiebang.policy.examples import check_book, run_examples
from jiebang.policy.facts import BadFacts, FactProblem, read_facts
from jiebang.policy.language.vocabulary import Fact, Vocabulary

__all__ = [
    "EXPLANATION",
    "BadFacts",
    "Book",
    "Decider",
    "Decision",
    "EngineUnavailable",
    "Fact",
    "FactProblem",
    "Vocabulary",
    "canonical_json",
    "check_book",
    "load_book",
    "read_book",
    "read_facts",
    "run_examples",
]
