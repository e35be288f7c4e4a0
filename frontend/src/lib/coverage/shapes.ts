// The shapes of the communes since 1 July 2025, loaded when a map is shown. Source and licence:
// seeds/data/SOURCES.md.
import type { Topology } from './topo.ts';

export async function shapes(): Promise<Topology> {
	const { default: file } = await import('./qn_communes.json');
	// A JSON file's pairs are read as lists of any length.
	return file as unknown as Topology;
}
