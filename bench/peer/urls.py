"""Addresses of the peer."""

from __future__ import annotations

from django.urls import path

from bench.peer import views

urlpatterns = [
    path("", views.front),
    path("cases/<number>/", views.case_page),
    path("queue", views.queue),
    path("start", views.start),
    path("drafts/<int:pk>/autosave", views.autosave),
    path("drafts/<int:pk>/submit", views.submit),
]
