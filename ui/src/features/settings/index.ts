export { default as PrivacyChip } from './PrivacyChip.svelte';
export { default as SettingsDialog } from './Settings.svelte';
