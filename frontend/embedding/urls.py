"""Pages for embedding a persona elsewhere, and what is embedded."""

from django.urls import include, path

from frontend.embedding import box, keys

_KEY = "personas/<slug:slug>/embed/<int:pk>"

urlpatterns = [
    path("embed.js", box.script, name="embed_script"),
    path("embed/", include("frontend.embedding.visitor_urls")),
    path("embed/<slug:slug>/", box.box, name="embed_box"),
    path("account/embeds/", keys.embeds, name="embeds"),
    path("personas/<slug:slug>/embed", keys.persona_embed, name="persona_embed"),
    path(f"{_KEY}/", keys.embed_key, name="embed_key"),
    path(f"{_KEY}/switch", keys.switch, name="embed_switch"),
    path(f"{_KEY}/rotate", keys.rotate, name="embed_rotate"),
    path(f"{_KEY}/delete", keys.delete, name="embed_delete"),
]
