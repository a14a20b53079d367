"""Official forms: YAML to schema to page, and back to plain data. Knows nothing of cases."""

from __future__ import annotations

from jiebang.forms.answers import Answer, SectionStatus
from jiebang.forms.book import FormBook
from jiebang.forms.check import FieldError, Result
from jiebang.forms.definition import Form, Option, Question, Section
from jiebang.forms.page import Button, StoredFile
from jiebang.forms.posting import Parsed, Upload
from jiebang.forms.uploads import Accepted, UploadLimits, UploadRefused, inspect

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
