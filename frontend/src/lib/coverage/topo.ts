// Shapes of areas out of a TopoJSON file, as SVG paths. The file's arcs are shared by neighbours
// and written as differences of whole numbers; that is all of the format that is used here.
export interface Topology {
	arcs: [number, number][][];
	transform: { scale: [number, number]; translate: [number, number] };
	objects: Record<string, { geometries: Geometry[] }>;
}
interface Geometry {
	type: string;
	arcs: number[][] | number[][][];
	properties: { code: string };
}
export interface Shape {
	code: string;
	path: string;
	/** Where a label stands: the middle of the largest part. */
	x: number;
	y: number;
	/** Of the largest part, in squares of the drawing. */
	size: number;
}
export interface Drawing {
	width: number;
	height: number;
	shapes: Shape[];
}
type Point = [number, number];

/** The arcs in degrees. */
function decode({ arcs, transform: { scale, translate } }: Topology): Point[][] {
	return arcs.map((arc) => {
		let x = 0;
		let y = 0;
		return arc.map(([dx, dy]) => {
			x += dx;
			y += dy;
			return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
		});
	});
}
/** One ring from its arcs; ~n is arc n backwards, and each begins where the last one ended. */
function ringOf(refs: number[], arcs: Point[][]): Point[] {
	const ring: Point[] = [];
	for (const ref of refs) {
		const arc = ref < 0 ? [...(arcs[~ref] ?? [])].reverse() : (arcs[ref] ?? []);
		ring.push(...(ring.length > 0 ? arc.slice(1) : arc));
	}
	return ring;
}
/** Area and middle of a ring (the shoelace formula). */
export function middleOf(ring: Point[]): { x: number; y: number; size: number } {
	let twice = 0;
	let x = 0;
	let y = 0;
	ring.forEach(([ax, ay], at) => {
		const [bx, by] = ring[(at + 1) % ring.length] ?? [ax, ay];
		const cross = ax * by - bx * ay;
		twice += cross;
		x += (ax + bx) * cross;
		y += (ay + by) * cross;
	});
	if (twice === 0) return { x: ring[0]?.[0] ?? 0, y: ring[0]?.[1] ?? 0, size: 0 };
	return { x: x / (3 * twice), y: y / (3 * twice), size: Math.abs(twice / 2) };
}

/** Draws a province: degrees laid flat at its own latitude, `width` units wide. */
export function draw(topology: Topology, width = 1000): Drawing {
	const arcs = decode(topology);
	const all = arcs.flat();
	const [west, east] = ends(all.map(([lon]) => lon));
	const [south, north] = ends(all.map(([, lat]) => lat));
	const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
	const scale = width / ((east - west) * squeeze);
	const flat = ([lon, lat]: Point): Point => [
		round((lon - west) * squeeze * scale),
		round((north - lat) * scale)
	];
	const [object] = Object.values(topology.objects);
	const shapes = (object?.geometries ?? []).map((geometry) => {
		const polygons = (
			geometry.type === 'Polygon' ? [geometry.arcs] : geometry.arcs
		) as number[][][];
		const rings = polygons.flatMap((refs) => refs.map((ref) => ringOf(ref, arcs).map(flat)));
		const largest = rings.map(middleOf).sort((a, b) => b.size - a.size)[0];
		return {
			code: geometry.properties.code,
			path: rings.map((ring) => `M${ring.map((point) => point.join(' ')).join('L')}Z`).join(''),
			x: round(largest?.x ?? 0),
			y: round(largest?.y ?? 0),
			size: largest?.size ?? 0
		};
	});
	return { width, height: round((north - south) * scale), shapes };
}
const round = (value: number): number => Math.round(value * 10) / 10;
function ends(values: number[]): [number, number] {
	let low = Infinity;
	let high = -Infinity;
	for (const value of values) {
		low = Math.min(low, value);
		high = Math.max(high, value);
	}
	return [low, high];
}
