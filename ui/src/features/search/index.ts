export { search } from './search.svelte';
export { default as SearchView } from './SearchView.svelte';
