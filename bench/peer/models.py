"""The same case as rows: what it hangs together of, and the indexes its lists need."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import models


class Organisation(models.Model):
    """A registered firm."""

    name = models.CharField(max_length=200)
    code = models.CharField(max_length=18, unique=True)
    kind = models.CharField(max_length=20)
    province = models.CharField(max_length=20)
    agency = models.BooleanField(default=False, db_index=True)


class Membership(models.Model):
    """Who acts for which firm."""

    person = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    role = models.CharField(max_length=20)


class Case(models.Model):
    """A demand."""

    number = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200, db_index=True)
    owner = models.ForeignKey(Organisation, models.CASCADE)
    officer = models.ForeignKey(User, models.SET_NULL, null=True)
    stage = models.CharField(max_length=30)
    stage_since = models.DateTimeField()
    opened_at = models.DateTimeField()
    district = models.CharField(max_length=6, db_index=True)
    session = models.IntegerField(null=True, db_index=True)

    class Meta:
        """The list sorts by waiting time and counts by stage."""

        indexes: ClassVar = [
            models.Index(fields=["stage_since"]),
            models.Index(fields=["stage", "stage_since"]),
        ]


class Document(models.Model):
    """One filed version of a form."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents")
    form = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    number = models.IntegerField()
    data = models.JSONField()
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    @property
    def earlier(self) -> int:
        """The number of the version before."""
        return self.number - 1


class Submission(models.Model):
    """A form filed about a case."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="submissions")
    number = models.CharField(max_length=40)
    title = models.CharField(max_length=100)
    state = models.CharField(max_length=20)


class Decision(models.Model):
    """One decision."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    policy = models.CharField(max_length=100)
    content = models.JSONField()
    at = models.DateTimeField()


class Entry(models.Model):
    """A line of the journal."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="journal")
    actor = models.CharField(max_length=40)
    act = models.CharField(max_length=40)
    detail = models.JSONField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class Task(models.Model):
    """What somebody has to do."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=30)
    role = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)


class Change(models.Model):
    """The change feed."""

    path = models.CharField(max_length=100)
    kind = models.CharField(max_length=20)
    detail = models.JSONField()
    at = models.DateTimeField()


class Draft(models.Model):
    """What somebody is typing."""

    person = models.ForeignKey(User, models.CASCADE)
    organisation = models.ForeignKey(Organisation, models.CASCADE)
    data = models.JSONField(default=dict)
    revision = models.IntegerField(default=0)
    saved_at = models.DateTimeField()
    receipt = models.ForeignKey(Case, models.SET_NULL, null=True)
