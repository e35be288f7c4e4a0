// What the quiz needs after its first question: fetched while the pupil reads it, and kept by
// the service worker.
export { default as Help } from './Help.svelte';
export { default as Notes } from './Notes.svelte';
export { default as Review } from './Review.svelte';
export { handIn } from './hand-in.ts';
export { tellTime } from './time.ts';
export { keyed } from './keys.ts';
