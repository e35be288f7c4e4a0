// Printed digests as they are pasted, typed or scanned. Pure.

const MARK =
	/(\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}\/\d{4})[\s:]+((?:[0-9a-f][\s]*){64})(?![0-9a-f])/gi;

/**
 * Every day with its 64 hex digits in a text: "2026-11-20 ab12 cd34 …", "20/11/2026: …", or the
 * page's QR code, "nhaso:digest:2026-11-20:ab12…". Spaces and line ends between digits do not matter.
 */
export function readDigests(text: string): { day: string; root: string }[] {
	return [...text.matchAll(MARK)].map(([, day = '', root = '']) => {
		const [d = '', m = '', y = ''] = day.split('/');
		return {
			day: y ? `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}` : day,
			root: root.replace(/\s/g, '').toLowerCase()
		};
	});
}

/** Four digits a group, as on paper. */
export const inFours = (root: string): string => root.match(/.{1,4}/g)?.join(' ') ?? '';
