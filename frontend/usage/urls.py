"""The pages of what was used, by oneself and by everybody."""

from django.urls import path

from frontend.usage import views

urlpatterns = [
    path("usage/", views.usage, name="usage"),
    path("usage/<slug:name>.csv", views.usage_csv, name="usage_csv"),
    path("usage/site/", views.site_usage, name="site_usage"),
    path("usage/site/<slug:name>.csv", views.site_usage_csv, name="site_usage_csv"),
]
