import { describe, expect, it } from 'vitest';
import { Idle, IDLE_MS } from './idle.ts';

function shelf() {
	const kept = new Map<string, string>();
	return {
		getItem: (key: string) => kept.get(key) ?? null,
		setItem: (key: string, value: string) => void kept.set(key, value),
		removeItem: (key: string) => void kept.delete(key)
	};
}

describe('a shared computer that is left alone', () => {
	it('locks after five minutes without a touch, not before', () => {
		let now = 1_000_000;
		const idle = new Idle('anna', shelf(), () => now);
		expect(idle.locked()).toBe(false);
		now += IDLE_MS - 1;
		expect(idle.locked()).toBe(false);
		idle.touch();
		now += IDLE_MS - 1;
		expect(idle.locked()).toBe(false);
		now += 1;
		expect(idle.locked()).toBe(true);
	});
	it('stays locked through touches, a reload and a second tab', () => {
		let now = 1_000_000;
		const one = shelf();
		const idle = new Idle('anna', one, () => now);
		idle.locked();
		now += IDLE_MS;
		expect(idle.locked()).toBe(true);
		idle.touch();
		expect(idle.locked()).toBe(true);
		const again = new Idle('anna', one, () => now);
		expect(again.locked()).toBe(true);
		again.open();
		expect(idle.locked()).toBe(false);
	});
	it('is found locked when the page was closed meanwhile', () => {
		let now = 1_000_000;
		const one = shelf();
		new Idle('anna', one, () => now).locked();
		now += IDLE_MS + 1;
		expect(new Idle('anna', one, () => now).locked()).toBe(true);
	});
	it('does not lock out whoever signs in after', () => {
		let now = 1_000_000;
		const one = shelf();
		const anna = new Idle('anna', one, () => now);
		anna.locked();
		now += IDLE_MS;
		expect(anna.locked()).toBe(true);
		expect(new Idle('binh', one, () => now).locked()).toBe(false);
	});
});
