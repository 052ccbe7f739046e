"""The pages on which personas are edited, published and rolled back."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
