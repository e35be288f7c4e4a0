// Reading aloud: a recording where there is one, else the device's own voice; nothing is sent
// anywhere.
import { inTongues, tongueOf } from './learn/tongue.ts';

class Speech {
	speaking = $state(false);
	/** The languages of this device's voices; null until they are known. */
	#voices = $state.raw<string[] | null>(null);
	#recording: HTMLAudioElement | null = null;
	#current: SpeechSynthesisUtterance | null = null;

	constructor() {
		if (typeof speechSynthesis === 'undefined') {
			this.#voices = [];
			return;
		}
		const look = () => {
			const voices = speechSynthesis.getVoices();
			if (voices.length > 0) this.#voices = voices.map((v) => v.lang.toLowerCase());
		};
		look();
		speechSynthesis.addEventListener?.('voiceschanged', look);
		// Some browsers never fire the event when there are no voices at all.
		setTimeout(() => {
			look();
			this.#voices ??= [];
		}, 1500);
	}
	/** Whether this device can read the text out in its language; null until that is known. */
	can(text: string): boolean | null {
		return this.#voices && this.#voices.some((lang) => lang.startsWith(tongueOf(text)));
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
		speechSynthesis.cancel();
		const voices = speechSynthesis.getVoices();
		for (const { tongue, text: part } of inTongues(text)) {
			const words = new SpeechSynthesisUtterance(part);
			words.lang = tongue === 'vi' ? 'vi-VN' : 'en-GB';
			const voice = voices.find((v) => v.lang.toLowerCase().startsWith(tongue));
			if (voice) words.voice = voice;
			words.rate = 0.95;
			words.onend = words.onerror = () => {
				// The end of what was cut off comes when the next is being read already.
				if (this.#current === words) this.speaking = false;
			};
			this.speaking = true;
			this.#current = words;
			speechSynthesis.speak(words);
		}
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
