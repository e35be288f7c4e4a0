// What the quiz needs after its first question: fetched while the pupil reads it, and kept by
// the service worker.
export { default as Notes } from './Notes.svelte';
export { default as Over } from './Over.svelte';
export { default as Under } from './Under.svelte';
export { handIn } from './hand-in.ts';
export { tellTime } from './time.ts';
export { keyed } from './keys.ts';
export { stands, until } from '#lib/lesson/quiz.ts';
