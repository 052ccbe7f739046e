"""Pages for embedding a persona elsewhere, and what is embedded."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
