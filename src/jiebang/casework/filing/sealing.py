"""Filing the sealed scan back (盖章件归档): the same answers once more, with the paper they stand on."""

from __future__ import annotations

from datetime import datetime

from jiebang.casework.desk import Actor, Desk
from jiebang.casework.filing.drafts import attachment_of
from jiebang.casework.filing.versions import file_on_case
from jiebang.errors import Refused
from jiebang.forms.attachments.inspecting import Accepted
from jiebang.i18n import _
from jiebang.model.cases import Case
from jiebang.model.documents import Filed, Seal, Version

#: What a scan may be, by media type.
SCANS = frozenset({"application/pdf", "image/jpeg", "image/png"})


def file_sealed_copy(
    *, desk: Desk, case: Case, form_id: str, number: int, scan: Accepted, actor: Actor, at: datetime
) -> Version:
    """File the scan of a printed version as a version of its own. Raises ``Refused``.

    Answers and files are those of version ``number``, and it is filed for the same organisation,
    whoever brings the scan.
    """
    if scan.media_type not in SCANS:
        raise Refused([_("A scan is a PDF, a JPG or a PNG file. Choose one of these.")])
    document = case.documents[form_id]
    if number != document.last:
        raise Refused([_("A newer version has been filed since. Print and seal that one.")])
    sealed = document[number]
    if sealed.seal is not None:
        raise Refused([_("This version is a sealed copy already.")])
    if case.open_correction(form_id) is not None:
        raise Refused(
            [
                _(
                    "This document was returned for correction. Once it has been corrected, print and "
                    "seal the new version."
                )
            ]
        )
    attachment = attachment_of(scan)
    return file_on_case(
        desk=desk,
        case=case,
        form_id=form_id,
        data=sealed.data,
        attachments={**sealed.attachments, attachment.id: attachment},
        filed=Filed(at=at, person=actor.person, organisation=sealed.filed.organisation),
        seal=Seal(version=number, scan=attachment.id),
        like=sealed,
    )
