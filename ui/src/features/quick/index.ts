export { default as Quick } from './Quick.svelte';
