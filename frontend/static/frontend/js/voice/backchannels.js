/**
 * What people say to show that they listen. While the avatar speaks it is no question.
 *
 * Only words that are never an answer worth stopping for: "no", "wait" and "stop" are not here.
 */

const EVERYWHERE = ["mm", "mmm", "mhm", "mmhm", "mmhmm", "hm", "hmm", "uh", "uhuh", "ah", "aha", "oh", "ok", "okay"]

const BY_LANGUAGE = {
  de: ["ja", "jaja", "genau", "stimmt", "klar", "gut", "ach", "achso", "so", "äh", "ähm", "alles", "verstehe", "verstanden", "interessant"],
  en: ["yeah", "yep", "yes", "yup", "right", "sure", "uhhuh", "um", "huh", "wow", "i", "see", "got", "it", "cool", "great", "nice", "really"],
  es: ["sí", "si", "ya", "claro", "vale", "bueno", "ajá", "eh", "exacto", "entiendo", "bien"],
  fr: ["oui", "ouais", "daccord", "voilà", "euh", "ben", "bon", "exactement", "bien", "sûr", "entendu", "hein"],
  it: ["sì", "si", "già", "certo", "va", "bene", "esatto", "capisco", "eh", "ecco", "beh"],
  ja: ["はい", "ええ", "うん", "うんうん", "へえ", "そう", "そうですね", "なるほど"],
  ko: ["네", "예", "응", "음", "아", "그래", "그렇군요"],
  nl: ["ja", "jaja", "precies", "klopt", "oké", "goed", "eh", "nou", "tuurlijk", "snap", "ik"],
  pl: ["tak", "no", "dobrze", "dobra", "jasne", "aha", "yhm", "rozumiem", "właśnie"],
  pt: ["sim", "é", "certo", "claro", "isso", "tá", "bom", "entendi", "exato", "uhum"],
  ru: ["да", "ага", "угу", "так", "ну", "понятно", "хорошо", "ясно", "конечно"],
  sv: ["ja", "jo", "just", "precis", "okej", "mm", "visst", "bra"],
  tr: ["evet", "hı", "hıhı", "tamam", "peki", "doğru", "anladım"],
  zh: ["嗯", "嗯嗯", "是", "是的", "对", "好", "好的", "哦", "啊", "明白"],
}

const MOST_WORDS = 3

/**
 * Whether `text` only shows that somebody listens.
 *
 * @param {string} text
 * @param {string} language  a language tag, or ""
 */
export function isBackchannel(text, language) {
  const words = wordsOf(text)
  if (!words.length || words.length > MOST_WORDS) return false
  const known = new Set([...EVERYWHERE, ...(BY_LANGUAGE[language.split("-")[0].toLowerCase()] ?? BY_LANGUAGE.en)])
  return words.every((word) => known.has(word))
}

/**
 * What was understood, without what services write where nobody speaks: "[BLANK_AUDIO]",
 * "(coughs)", "*sighs*", notes.
 */
export function wordsIn(text) {
  const plain = text.replace(/\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|[♪♫]/gu, " ").replace(/\s+/gu, " ").trim()
  return /[\p{L}\p{N}]/u.test(plain) ? plain : ""
}

/** Hyphens and apostrophes join: "uh-huh" is one word. */
function wordsOf(text) {
  return text
    .toLowerCase()
    .replace(/[-'’‑]/gu, "")
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter(Boolean)
}
