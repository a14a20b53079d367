"""需求公告 in public: the list, one demand, its PDF, the feed. All read the public copies only."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.response import FileIter, Response
from pyramid.view import view_config

from jiebang import clock
from jiebang.model.announcements import Announcement
from jiebang.model.site import Site

#: Entries of the feed: enough for a reader that looks in once a week.
FEED_LENGTH = 50
PAGE = 20
#: The search box.
TEXT = "text"


@view_config(
    context=Site,
    name="announcements",
    permission="view_public",
    renderer="jiebang.web.public:templates/announcements.pt",
)
def announcements(context: Site, request: Request) -> dict[str, Any]:
    """The list: newest batch first, with search, and filters that offer what was published."""
    published = list(newest(request))
    facets = [one.field for one in request.rules.edition.announcement.lines if one.filter]
    asked = {key: request.GET.get(key, "").strip()[:100] for key in (TEXT, *facets)}
    found = [one for one in published if _matches(one, asked, request.locale_name)]
    number = request.GET.get("page", "")
    page = max(1, int(number)) if number.isdecimal() and len(number) < 6 else 1
    return {
        "shown": found[(page - 1) * PAGE : page * PAGE],
        "total": len(found),
        "page": page,
        "pages": -(-len(found) // PAGE),
        "asked": asked,
        "facets": [_facet(published, key, request.locale_name) for key in facets],
        "link": lambda to: "?" + urlencode({**{k: v for k, v in asked.items() if v}, "page": to}),
    }


def newest(request: Request) -> Iterator[Announcement]:
    """Every announcement of the edition, the newest batch first."""
    batches = request.desk.edition["announcements"].values()
    for batch in sorted(batches, key=lambda one: -int(one.__name__)):
        yield from batch.values()


def shown_line(announcement: Announcement, key: str) -> dict[str, Any] | None:
    """The line of that key, unless it is hidden or not there."""
    lines = announcement.content["lines"]
    return next((one for one in lines if one["key"] == key and not one["hidden"]), None)


def _facet(published: list[Announcement], key: str, locale: str) -> dict[str, Any]:
    lines = [line for one in published if (line := shown_line(one, key))]
    return {
        "key": key,
        "label": lines[0]["label"][locale] if lines else "",
        "options": sorted({line["text"][locale] for line in lines}),
    }


def _matches(announcement: Announcement, asked: dict[str, str], locale: str) -> bool:
    for key in asked.keys() - {TEXT}:
        line = shown_line(announcement, key)
        if asked[key] and not (line and line["text"][locale] == asked[key]):
            return False
    # The public copy holds nothing hidden, so a search in it cannot find what is.
    words = asked[TEXT].lower().split()
    text = "\n".join(line["text"][locale] for line in announcement.content["lines"]).lower()
    return all(word in text or word in announcement.__name__.lower() for word in words)


@view_config(
    context=Announcement,
    permission="view_public",
    renderer="jiebang.web.public:templates/announcement.pt",
)
def announcement(context: Announcement, request: Request) -> dict[str, Any]:
    """One demand as published."""
    return {"announcement": context, "content": context.content, "batch": context.__parent__}


@view_config(context=Announcement, name="pdf", permission="view_public")
def pdf(context: Announcement, request: Request) -> Response:
    """The same as an official document (公文), as printed when it was published."""
    locale = request.GET.get("lang", request.locale_name)
    blob = context.pdf.get(locale)
    if blob is None:
        raise HTTPNotFound
    response = Response(app_iter=FileIter(blob.open("c")), content_type="application/pdf")
    response.content_disposition = f'inline; filename="{context.__name__}-{locale}.pdf"'
    return response


@view_config(
    context=Site,
    name="feed.atom",
    permission="view_public",
    renderer="jiebang.web.public:templates/feed.pt",
)
def feed(context: Site, request: Request) -> dict[str, Any]:
    """The newest announcements as an Atom feed (RFC 4287)."""
    request.response.content_type = "application/atom+xml"
    shown = list(islice(newest(request), FEED_LENGTH))
    return {
        "entries": shown,
        "updated": shown[0].published_at if shown else clock.now(),
        "rules": request.rules,
    }
