export { default as Finished } from './Finished.svelte';
export { default as Practice } from './Practice.svelte';
