"""The pages on which personas are found, imported and exported."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
