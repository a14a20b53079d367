"""Official forms: YAML to schema to page, and back to plain data. Knows nothing of cases."""

from __future__ import annotations

from jiebang.forms.attachments.inspecting import Accepted, inspect
from jiebang.forms.attachments.limits import UploadLimits, UploadRefused
from jiebang.forms.book import FormBook
from jiebang.forms.judging.check import FieldError, Result
from jiebang.forms.language.definition import Form, Section
from jiebang.forms.language.question import Option, Question
from jiebang.forms.screen.page import Button, StoredFile
from jiebang.forms.screen.posting import Parsed, Upload
from jiebang.forms.showing.answers import Answer, SectionStatus

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
