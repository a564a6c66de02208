export { default as ConversationPanel } from './ConversationPanel.svelte';
export { default as PersonaChip } from './PersonaChip.svelte';
export { default as PersonaDialog } from './Personas.svelte';
