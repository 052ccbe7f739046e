/** The page of one presentation: parts are added, moved and removed without a round trip. */
import { ScriptEditor } from "frontend/page/script-editor"

const form = document.querySelector("#script-form")
new ScriptEditor({ form, blank: document.querySelector("[data-part=blank]") })
