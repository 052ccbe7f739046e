"""The pages of what was used, by oneself and by everybody."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
