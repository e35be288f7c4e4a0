export { default as Help } from './Help.svelte';
export { default as Review } from './Review.svelte';
