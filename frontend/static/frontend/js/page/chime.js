/** Two soft notes, if the browser and the visitor allow sound. */

const NOTES_HZ = [659, 988]
const NOTE_S = 0.22
const LOUDNESS = 0.12

/** @param {{volume: number}} how loud, 0 to 1 */
export function chime({ volume }) {
  if (!volume || !navigator.userActivation?.hasBeenActive) return
  const audio = new AudioContext()
  NOTES_HZ.forEach((hz, nth) => play(audio, hz, nth * NOTE_S, volume * LOUDNESS))
  setTimeout(() => audio.close(), NOTES_HZ.length * NOTE_S * 1000 + 800)
}

function play(audio, hz, afterS, loudness) {
  const tone = audio.createOscillator()
  const envelope = audio.createGain()
  const at = audio.currentTime + afterS
  tone.frequency.value = hz
  envelope.gain.setValueAtTime(0, at)
  envelope.gain.linearRampToValueAtTime(loudness, at + 0.02)
  envelope.gain.exponentialRampToValueAtTime(0.0001, at + NOTE_S * 2.5)
  tone.connect(envelope).connect(audio.destination)
  tone.start(at)
  tone.stop(at + NOTE_S * 2.5)
}
