"""Official forms: YAML to schema to page, and back to plain data. Knows nothing of cases."""

from __future__ import annotations

from jiebang.forms.answers import Answer, SectionStatus
from jiebang.forms.book import FormBook
from jiebang.forms.check import FieldError, Result
from jiebang.forms.definition import Form, Section
from jiebang.forms.limits import UploadLimits, UploadRefused
from jiebang.forms.page import Button, StoredFile
from jiebang.forms.posting import Parsed, Upload
from jiebang.forms.question import Option, Question
from jiebang.forms.uploads import Accepted, inspect

__all__ = [
    "Accepted",
    "Answer",
    "Button",
    "FieldError",
    "Form",
    "FormBook",
    "Option",
    "Parsed",
    "Question",
    "Result",
    "Section",
    "SectionStatus",
    "StoredFile",
    "Upload",
    "UploadLimits",
    "UploadRefused",
    "inspect",
]
