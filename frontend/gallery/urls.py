"""The pages on which personas are found, imported and exported."""

from django.urls import URLPattern, path

from frontend.gallery import archiving, importing, views

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("import/", importing.import_page, name="import"),
    path("import/confirm", importing.confirm, name="import_confirm"),
    path("import/forget", importing.forget, name="import_forget"),
    path(
        "personas/<slug:slug>/export/",
        importing.download_page,
        name="persona_download",
    ),
    path("archive/", archiving.archive, name="archive"),
    path("personas/<slug:slug>/duplicate", views.duplicate, name="persona_duplicate"),
    path("personas/<slug:slug>/archive", archiving.put_away, name="persona_archive"),
    path("personas/<slug:slug>/restore", archiving.restore, name="persona_restore"),
    path("personas/<slug:slug>/delete", archiving.delete, name="persona_delete"),
]
