"""Every address of the portal: the documented API at the root, then pages."""

from django.contrib import admin
from django.urls import include, path

from config.views import demo_sign_in, favicon, health, metrics, script_texts

handler429 = "config.views.too_many"

urlpatterns = [
    path("", include("personas.urls")),
    path("", include("personas.cards.urls")),
    path("", include("personas.knowledge.urls")),
    path("", include("streaming.urls")),
    path("", include("chat.urls")),
    path("", include("chat.scripts.urls")),
    path("healthz", health, name="health"),
    path("metrics", metrics, name="metrics"),
    path("favicon.ico", favicon),
    path("i18n/", include("django.conf.urls.i18n")),
    path("i18n/<str:language>.js", script_texts, name="script_texts"),
    path("demo/sign-in/<str:token>/", demo_sign_in, name="demo_sign_in"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("frontend.urls")),
]
