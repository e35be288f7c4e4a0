export { default as Finished } from './Finished.svelte';
export { default as Listen } from './Listen.svelte';
export { default as Practice } from './Ladder.svelte';
export { default as Under } from './Under.svelte';
