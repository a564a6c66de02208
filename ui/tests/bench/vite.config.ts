// Builds the page of `./build.sh bench ui` as the interface itself is built, into a folder of the caller.
import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vite';
import base from '../../vite.config';

export default mergeConfig(base, {
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
});
