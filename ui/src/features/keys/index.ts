export { default as KeyMap } from './KeyMap.svelte';
