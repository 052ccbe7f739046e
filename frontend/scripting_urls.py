"""Pages below `personas/<slug>/` on which presentations and exhibits are made."""

from django.urls import path

from frontend import scripting

urlpatterns = [
    path("presentations/", scripting.scripts, name="scripts"),
    path("presentations/<slug:script>/", scripting.script, name="script"),
    path(
        "presentations/<slug:script>/remove",
        scripting.remove_script,
        name="script_remove",
    ),
    path("new-exhibit/", scripting.new_exhibit, name="exhibit_new"),
    path("exhibits/<slug:name>/", scripting.exhibit, name="exhibit"),
    path(
        "exhibits/<slug:name>/remove",
        scripting.remove_exhibit,
        name="exhibit_remove",
    ),
]
