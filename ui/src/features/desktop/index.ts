export { default as CloseDialog } from './CloseDialog.svelte';
export { default as CrashLine } from './CrashLine.svelte';
export { default as StartOffer } from './StartOffer.svelte';
