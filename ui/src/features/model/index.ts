export { default as ModelChip } from './Chip.svelte';
export { default as ModelConsent } from './Consent.svelte';
export { default as ModelDropVeil } from './DropVeil.svelte';
export { default as ModelList } from './ModelList.svelte';
