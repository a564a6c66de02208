export { default as PrivacyChip } from './PrivacyChip.svelte';
export { default as SettingsDialog } from './SettingsDialog.svelte';
