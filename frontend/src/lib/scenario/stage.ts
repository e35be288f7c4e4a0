// What playing and watching need, in one lazy piece: the pages are there before it.
export { default as Playing } from './Playing.svelte';
export { default as Ending } from './Ending.svelte';
export { Machine } from './engine.ts';
export { Play } from './play.svelte.ts';
export { keepOwn } from './own.ts';
export { screenAloud } from '../family/aloud.ts';
