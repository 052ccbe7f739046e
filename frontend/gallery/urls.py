"""The pages on which personas are found, imported and exported."""

from django.urls import URLPattern, path

from frontend.gallery import archiving, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("archive/", archiving.archive, name="archive"),
    path("personas/<slug:slug>/duplicate", views.duplicate, name="persona_duplicate"),
    path("personas/<slug:slug>/archive", archiving.put_away, name="persona_archive"),
    path("personas/<slug:slug>/restore", archiving.restore, name="persona_restore"),
    path("personas/<slug:slug>/delete", archiving.delete, name="persona_delete"),
]
