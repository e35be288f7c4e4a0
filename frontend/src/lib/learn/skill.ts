// What the page of a skill shows beside its lessons.
export { default as Fresh } from './Fresh.svelte';
export { default as Glossary } from './Glossary.svelte';
export { default as Local } from './Local.svelte';
export { default as PlacementOffer } from './PlacementOffer.svelte';
