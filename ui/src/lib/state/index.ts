// What features share: cached queries, the engine, where the person is, what is said to them.
export { announce, announceUrgently } from './announce.svelte';
export { engine } from './engine.svelte';
export { registerIntent, registerIntents, type Intent } from './intent.svelte';
export { navigation } from './navigation.svelte';
export { act, invalidate, putAnswer, query, type Query } from './query.svelte';
export { session } from './session.svelte';
export { notify, notifyError } from './toasts.svelte';
