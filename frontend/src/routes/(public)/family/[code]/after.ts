// What comes after playing, in one lazy piece: nobody needs it before the three steps.
export { default as Thanks } from './Thanks.svelte';
export { default as Who } from './Who.svelte';
