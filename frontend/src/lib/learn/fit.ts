/** The biggest size of [from, down to] at which it fits; the smallest when none does. */
export function biggest(from: number, to: number, step: number, fits: (size: number) => boolean) {
	for (let size = from; size > to; size -= step) if (fits(size)) return size;
	return to;
}

/** Height of an A4 page within the margins of print.css, a little less: rounding must not spill over. */
const PAGE = '265mm';

/** The biggest size, in points, at which the sheet takes one printed page; it is set as --points. */
export function pointsFor(sheet: HTMLElement): number {
	// A copy at the size of the paper, measured where nobody sees it.
	const copy = sheet.cloneNode(true) as HTMLElement;
	copy.classList.add('measured');
	copy.setAttribute('aria-hidden', 'true');
	const page = document.createElement('div');
	page.style.cssText = `position:absolute;left:-9999px;top:0;width:1px;height:${PAGE}`;
	document.body.append(copy, page);
	const height = page.offsetHeight;
	const points = biggest(17, 8, 0.25, (size) => {
		copy.style.setProperty('--points', `${size}pt`);
		return copy.offsetHeight <= height;
	});
	copy.remove();
	page.remove();
	return points;
}
