import { afterEach, describe, expect, it, vi } from 'vitest';
import { fileName, save } from './save.ts';

describe('the name of a file', () => {
	it.each([
		['attachment; filename="giay-xac-nhan-7KQM-a4.pdf"', 'giay-xac-nhan-7KQM-a4.pdf'],
		['attachment', 'nhaso'],
		[null, 'nhaso'],
		['attachment; filename="../../etc/passwd"', 'nhaso'],
		['attachment; filename=".profile"', 'nhaso']
	])('%s', (header, want) => expect(fileName(header, 'nhaso')).toBe(want));
});

describe('saving', () => {
	afterEach(() => vi.unstubAllGlobals());
	it('a refusal is a problem, not a broken file', async () => {
		vi.stubGlobal('location', { origin: 'http://localhost' });
		vi.stubGlobal('fetch', () =>
			Promise.resolve(
				new Response(JSON.stringify({ code: 'certificate_revoked', status: 409 }), { status: 409 })
			)
		);
		await expect(save('/certificates/X/credential')).rejects.toMatchObject({
			code: 'certificate_revoked'
		});
	});
});
