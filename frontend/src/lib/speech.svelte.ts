// Reading aloud: a recording where there is one, else the device's own voice; nothing is sent
// anywhere.
import { tongueOf } from './learn/tongue.ts';

class Speech {
	speaking = $state(false);
	/** null until the voices are known. */
	available = $state<boolean | null>(null);
	#recording: HTMLAudioElement | null = null;
	#current: SpeechSynthesisUtterance | null = null;

	constructor() {
		if (typeof speechSynthesis === 'undefined') {
			this.available = false;
			return;
		}
		const look = () => {
			const voices = speechSynthesis.getVoices();
			if (voices.length > 0)
				this.available = voices.some((v) =>
					v.lang.toLowerCase().startsWith(document.documentElement.lang || 'vi')
				);
		};
		look();
		speechSynthesis.addEventListener?.('voiceschanged', look);
		// Some browsers never fire the event when there are no voices at all.
		setTimeout(() => {
			look();
			this.available ??= false;
		}, 1500);
	}
	/** recording: its address, or empty. */
	toggle(text: string, recording = ''): void {
		if (this.speaking) return this.stop();
		if (!recording) return this.say(text);
		const audio = new Audio(recording);
		this.#recording = audio;
		this.speaking = true;
		audio.onended = () => this.stop();
		// Not here without the network, or not playable on this device.
		const otherwise = () => {
			if (this.#recording !== audio) return;
			this.stop();
			this.say(text);
		};
		audio.onerror = otherwise;
		audio.play().catch(otherwise);
	}
	/** Reads this now, whatever was being read. */
	say(text: string): void {
		if (typeof speechSynthesis === 'undefined') return;
		const tongue = tongueOf(text);
		const words = new SpeechSynthesisUtterance(text);
		words.lang = tongue === 'vi' ? 'vi-VN' : 'en-GB';
		const voice = speechSynthesis.getVoices().find((v) => v.lang.toLowerCase().startsWith(tongue));
		if (voice) words.voice = voice;
		words.rate = 0.95;
		words.onend = words.onerror = () => {
			// The end of what was cut off comes when the next is being read already.
			if (this.#current === words) this.speaking = false;
		};
		this.speaking = true;
		this.#current = words;
		speechSynthesis.cancel();
		speechSynthesis.speak(words);
	}
	stop(): void {
		const audio = this.#recording;
		this.#recording = null;
		audio?.pause();
		if (typeof speechSynthesis !== 'undefined') speechSynthesis.cancel();
		this.speaking = false;
	}
}
export const speech = new Speech();
