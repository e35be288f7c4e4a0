import '#lib/words-staff.ts';

export const load = ({ url }) => ({ first: url.searchParams.has('first') });
