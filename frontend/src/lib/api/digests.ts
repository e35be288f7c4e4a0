// The ledger's daily digests: listed, printed, and held against what was printed.
import { api, takeAs } from './client.ts';
import { save } from './save.ts';
import type { Page } from './types.ts';

export interface Digest {
	day: string;
	root: string;
	batch: number;
	rows: number;
	households: number;
	covered: number;
	made_at: string;
}
export interface DigestComparison {
	days: { day: string; known: boolean; same: boolean }[];
	same: boolean;
	/** The first day that differs; empty when all is as it was. */
	first: string;
	/** The first day on which the kept digests themselves do not hold; empty when all do. */
	chain: string;
	rows: number;
	findings: { what: string; village: string; on: string; subject_id: string; batch: number }[];
}

export const digests = async (): Promise<Digest[]> =>
	(await takeAs<Page<Digest>>(api.GET('/coverage-digests'))).items;
export const saveDigest = (day: string) => save(`/coverage-digests/${day}/paper`);
export const compareDigests = (list: { day: string; root: string }[]) =>
	takeAs<DigestComparison>(api.POST('/coverage-digests/comparison', { body: { digests: list } }));
