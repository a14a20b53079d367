"""Files: keeping what was attached to a form, and sending it back as a download."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import FileIter, Response

from jiebang import clock
from jiebang.casework.filing.drafts import attach_file, detach_file
from jiebang.casework.filing.opening import opened_questions
from jiebang.documents.workbook import MEDIA_TYPE
from jiebang.forms.attachments.inspecting import inspect
from jiebang.forms.attachments.limits import UploadRefused
from jiebang.forms.judging.check import FieldError
from jiebang.forms.screen.page import StoredFile
from jiebang.forms.screen.posting import Parsed
from jiebang.model.documents import Attachment, Draft


def keep_uploads(*, request: Request, draft: Draft, parsed: Parsed) -> list[FieldError]:
    """Attach the files of a post to a draft; the answer says which were refused and why.

    Files for questions that the draft may not change are not looked at. Files that no answer names
    any more are taken off the draft.
    """
    refused: list[FieldError] = []
    forms, at = request.rules.forms, clock.now()
    opened = opened_questions(desk=request.desk, draft=draft)
    for upload in (one for one in parsed.uploads if one.field in opened):
        try:
            accepted = inspect(upload.file, upload.filename, forms.uploads)
        except UploadRefused as refusal:
            message = forms.translate(refusal.message, request.locale_name)
            refused.append(FieldError(upload.field, message))
            continue
        with accepted.content:
            attachment = attach_file(draft=draft, accepted=accepted, at=at)
        named = [*(draft.data.get(upload.field) or []), attachment.id]
        draft.save(data={**draft.data, upload.field: named}, at=at)
    named_somewhere = {
        one
        for answer in draft.data.values()
        if isinstance(answer, list)
        for one in answer
        if isinstance(one, str)
    }
    for attachment_id in set(draft.attachments) - named_somewhere:
        detach_file(draft=draft, attachment_id=attachment_id)
    return refused


def stored_files(draft: Draft, here: str) -> dict[str, StoredFile]:
    """The draft's files as the form shows them; ``here`` is the draft's own path."""
    return {
        key: StoredFile(name=one.name, size=one.size, url=f"{here}file/{key}")
        for key, one in draft.attachments.items()
    }


def send_file(attachments: Mapping[str, Attachment], request: Request) -> Response:
    """Send the attachment named by the rest of the path, as a download, never shown in a page."""
    attachment = attachments.get(request.subpath[0]) if request.subpath else None
    if attachment is None:
        raise HTTPNotFound
    return send_attachment(attachment)


def send_workbook(content: bytes, name: str) -> Response:
    """Send a workbook as a download. ``name``, without extension, says nothing that was filed."""
    response = Response(body=content, content_type=MEDIA_TYPE)
    response.content_disposition = f"attachment; filename={name}.xlsx"
    return response


def send_attachment(attachment: Attachment) -> Response:
    """Send a file as a download under the name it was given."""
    response = Response(
        app_iter=FileIter(attachment.blob.open("c")), content_type="application/octet-stream"
    )
    response.content_length = attachment.size
    response.content_disposition = f"attachment; filename*=UTF-8''{quote(attachment.name)}"
    return response
