// Reading aloud with the device's own voice; nothing is sent anywhere.
class Speech {
	speaking = $state(false);
	/** null until the voices are known. */
	available = $state<boolean | null>(null);
	#current: SpeechSynthesisUtterance | null = null;

	constructor() {
		if (typeof speechSynthesis === 'undefined') {
			this.available = false;
			return;
		}
		const look = () => {
			const voices = speechSynthesis.getVoices();
			if (voices.length > 0)
				this.available = voices.some((v) => v.lang.toLowerCase().startsWith('vi'));
		};
		look();
		speechSynthesis.addEventListener?.('voiceschanged', look);
		// Some browsers never fire the event when there are no voices at all.
		setTimeout(() => {
			look();
			this.available ??= false;
		}, 1500);
	}
	toggle(text: string): void {
		if (this.speaking) this.stop();
		else this.say(text);
	}
	/** Reads this now, whatever was being read. */
	say(text: string): void {
		const words = new SpeechSynthesisUtterance(text);
		words.lang = 'vi-VN';
		const voice = speechSynthesis.getVoices().find((v) => v.lang.toLowerCase().startsWith('vi'));
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
		if (typeof speechSynthesis !== 'undefined') speechSynthesis.cancel();
		this.speaking = false;
	}
}
export const speech = new Speech();
