"""The pages of past sessions: what happened, what was said, and replaying it."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
