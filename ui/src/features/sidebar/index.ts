export { default as Sidebar } from './Sidebar.svelte';
