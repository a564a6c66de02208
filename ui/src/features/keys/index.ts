export { default as KeyMap } from './Keys.svelte';
