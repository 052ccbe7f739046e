/** What stands behind the draft on the small stage, as the form has it. */
import { BACKGROUNDS } from "frontend/media/backgrounds"
import { cssOf } from "frontend/page/background-choice"

/**
 * The form's values for the background.
 *
 * @param {HTMLFormElement} form
 * @returns {import("frontend/page/background-choice").Choice}
 */
export function backdropOf({ elements }) {
  const share = (name) => Math.min(1, Math.max(0, Number(elements[name].value) || 0))
  return {
    removes: elements.removes_background.checked,
    background: elements.background.value,
    colour: elements.key_colour.value.trim() || "auto",
    threshold: share("key_threshold"),
    softness: share("key_softness"),
    spill: share("key_spill"),
  }
}

/** Have the stage show it. */
export function paint(stage, { removes, background, ...settings }) {
  stage.background = removes ? cssOf(background) || BACKGROUNDS[0].css : ""
  stage.keySettings = settings
  stage.withoutBackground = removes
}
