// What playing needs, in one lazy piece: the start page is there before it.
export { default as Playing } from '#lib/scenario/Playing.svelte';
export { default as Ending } from '#lib/scenario/Ending.svelte';
export { Play } from '#lib/scenario/play.svelte.ts';
