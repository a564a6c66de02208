// One bundle for the window and the browser, with a page of its own for the quick chat. Nothing is inlined, so that a strict
// Content-Security-Policy (no inline script, no inline style) holds.
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { artifactPage } from './artifact/plugin.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [svelte(), artifactPage()],
  resolve: {
    alias: { $lib: at('./src/lib'), $features: at('./src/features') },
    // Component tests run the browser half of Svelte.
    ...(process.env.VITEST ? { conditions: ['browser'] } : {}),
  },
  // `./build.sh dev`: the core answers on its own port and accepts its own names only.
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    proxy: {
      '/api': {
        target: 'http://127.0.0.1:8790',
        changeOrigin: true,
        headers: { origin: 'http://127.0.0.1:8790' },
      },
    },
  },
  build: {
    target: ['es2022', 'chrome111', 'safari16.4', 'firefox113'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: { input: [at('./index.html'), at('./quick.html')] },
  },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    restoreMocks: true,
  },
});
