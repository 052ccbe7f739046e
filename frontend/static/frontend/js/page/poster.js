import { fill, gettext } from "frontend/i18n"
import { controlsFor, part, setText } from "frontend/page/parts"
import { isInLine } from "frontend/session/phase"

const LINES = {
  opening: gettext("Finding a seat…"),
  ready: gettext("In the wings. Press Start."),
  connecting: gettext("Curtain up in a moment…"),
  closing: gettext("Closing…"),
}

/** The keys before the curtain: those that cannot be used are not there. */
const KEYS = ["begin", "take", "continue", "move", "leave-line"]

/**
 * Show what stands before the closed curtain: who, what is going on, and what one can do.
 *
 * @param {object} facts
 * @param {object} facts.session
 * @param {{name: string, title: string}} facts.persona
 * @param {{line: string, hint: string}|null} facts.inLine  the words while in line
 * @param {Record<string, boolean>} facts.can               which controls can be used
 */
export function showPoster({ session, persona, inLine, can }) {
  const { line, hint } = isInLine(session.phase) ? inLine : words(session, persona)
  setText(part("poster-name"), persona.name)
  setText(part("poster-line"), line)
  setText(part("poster-hint"), hint)
  part("poster-hint").hidden = !hint
  setText(part("begin-text"), beginText(session, persona))
  for (const key of KEYS) controlsFor(key)[0].hidden = !can[key]
}

function words({ phase, end, goesOn, hold }, persona) {
  if (hold === "persona") {
    return {
      line: fill(gettext("{name} is coming on stage…"), { name: persona.name }),
      hint: gettext("The conversation goes on in a moment."),
    }
  }
  switch (phase) {
    case "ended":
      return { line: end.text, hint: end.hint }
    case "resuming":
      return goesOn
        ? { line: gettext("Reconnecting…"), hint: gettext("The conversation goes on in a moment.") }
        : { line: gettext("Coming back to your session…"), hint: "" }
    case "elsewhere":
      return {
        line: gettext("This session is open in another window."),
        hint: gettext("You can have it here instead; the other window then lets go."),
      }
    default:
      return { line: LINES[phase] ?? persona.title, hint: "" }
  }
}

function beginText({ phase, end }, { name }) {
  if (phase !== "ended") return fill(gettext("Talk to {name}"), { name })
  return end.reason === "offer_missed" || end.inLine ? gettext("Join again") : gettext("Talk again")
}
