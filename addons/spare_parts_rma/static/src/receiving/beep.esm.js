/** License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

const TONES = {success: [880, 0.08], warning: [440, 0.2], danger: [180, 0.45]};
let context = null;

/**
 * A short tone that tells right from wrong without looking at the screen.
 *
 * @param {String} level success, warning or danger
 */
export function beep(level) {
    const AudioContext = window.AudioContext || window.webkitAudioContext;
    if (!AudioContext || !TONES[level]) {
        return;
    }
    const [frequency, seconds] = TONES[level];
    context = context || new AudioContext();
    const tone = context.createOscillator();
    tone.type = level === "success" ? "sine" : "square";
    tone.frequency.value = frequency;
    const volume = context.createGain();
    volume.gain.value = 0.15;
    tone.connect(volume);
    volume.connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + seconds);
}
