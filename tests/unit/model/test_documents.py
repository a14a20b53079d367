import io
from datetime import UTC, datetime

from jiebang.model.documents import Attachment, Document, Filed

FILED = Filed(at=datetime(2019, 9, 1, tzinfo=UTC), person="p", organisation="o")


def file(document: Document, **data: object) -> object:
    return document.file(form_version="1", data=data, attachments={}, filed=FILED)


def test_a_filed_version_does_not_follow_what_it_was_made_from() -> None:
    document, data = Document("pre-registration"), {"rows": [{"name": "甲"}]}
    version = document.file(form_version="1", data=data, attachments={}, filed=FILED)
    digest = version.sha256
    data["rows"][0]["name"] = "乙"
    version.data["rows"].clear()
    assert version.data == {"rows": [{"name": "甲"}]}
    assert version.sha256 == digest


def test_versions_are_numbered_and_kept() -> None:
    document = Document("pre-registration")
    first = file(document, title="甲")
    second = file(document, title="乙")
    assert [one.number for one in document] == [1, 2]
    assert document.current is second
    assert document[1] is first


def test_the_digest_tells_content_form_and_files_apart() -> None:
    def digest(form_version: str, data: dict[str, str], sha256: str) -> str:
        attachment = Attachment(
            attachment_id="f", name="a.pdf", media_type="application/pdf", size=1, sha256=sha256
        )
        version = Document("x").file(
            form_version=form_version, data=data, attachments={"f": attachment}, filed=FILED
        )
        return str(version.sha256)

    same = digest("1", {"a": "b"}, "0" * 64)
    assert same == digest("1", {"a": "b"}, "0" * 64)
    assert (
        len(
            {
                same,
                digest("2", {"a": "b"}, "0" * 64),
                digest("1", {"a": "c"}, "0" * 64),
                digest("1", {"a": "b"}, "1" * 64),
            }
        )
        == 4
    )


def test_an_attachment_keeps_every_byte() -> None:
    content = bytes(range(256)) * 1000
    attachment = Attachment(
        attachment_id="f", name="a.bin", media_type="x/y", size=len(content), sha256=""
    )
    attachment.store(io.BytesIO(content), chunk=1000)
    with attachment.blob.open("r") as stored:
        assert stored.read() == content
