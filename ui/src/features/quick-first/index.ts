export { showFirst, type First } from './first';
export { hintOf, lookOf, type Look } from './look';
