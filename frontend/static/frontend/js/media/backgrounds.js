/** What an avatar can stand before once its own background is gone. */
import { gettext } from "frontend/i18n"

export const TRANSPARENT = "repeating-conic-gradient(#cfd4d1 0 25%, #f3f5f4 0 50%) 0 0 / 2rem 2rem"

export const BACKGROUNDS = [
  {
    name: gettext("Warm light"),
    css: "radial-gradient(90% 120% at 50% 20%, #f7d9a0, #b9713a 55%, #4a2a1c)",
  },
  {
    name: gettext("Green room"),
    css: "radial-gradient(80% 110% at 50% 30%, #3f7a63, #1d4436 60%, #0d211a)",
  },
  { name: gettext("Dusk"), css: "linear-gradient(#23304f, #7a5a78 60%, #e39a72)" },
  { name: gettext("Paper"), css: "linear-gradient(#fbf7ec, #e9e0cb)" },
  { name: gettext("Grey"), css: "#8b8f8d" },
  { name: gettext("Transparent"), css: TRANSPARENT },
]
