import { expect, test } from 'vitest';
import { nothingWished, wished } from './wishes.ts';

test('only what was filled in is wished for, without the spaces around it', () => {
	expect(wished(nothingWished())).toEqual({});
	expect(wished({ ...nothingWished(), full_name: ' Lê An ', gender: ' ' })).toEqual({
		full_name: 'Lê An'
	});
});
