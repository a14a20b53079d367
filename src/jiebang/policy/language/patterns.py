"""Patterns for ``matches``: the whole text, in time linear in its length."""

from __future__ import annotations

from functools import lru_cache

from pydantic_core import SchemaError, SchemaValidator, core_schema

LONGEST = 200


@lru_cache(maxsize=256)
def compile_pattern(pattern: str) -> SchemaValidator | str:
    """A validator that a text must pass, or what is wrong with the pattern.

    Rust's regular expressions have no backtracking, so that no pattern can freeze the site.
    """
    if len(pattern) > LONGEST:
        return f"> {LONGEST}"
    try:
        return SchemaValidator(
            core_schema.str_schema(pattern=rf"\A(?:{pattern})\z", regex_engine="rust-regex")
        )
    except SchemaError as error:
        return str(error).splitlines()[-1].strip()


def fits_pattern(pattern: str, text: str) -> bool:
    """Whether the whole text fits a pattern that compiled."""
    validator = compile_pattern(pattern)
    return isinstance(validator, SchemaValidator) and validator.isinstance_python(text)
