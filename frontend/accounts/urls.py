"""The pages of one's account and teams."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
