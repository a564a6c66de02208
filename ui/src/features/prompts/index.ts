export { default as Prompts } from './Prompts.svelte';
