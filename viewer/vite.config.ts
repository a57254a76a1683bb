/** How the viewer is built: one page, no inlined assets (the server's CSP is default-src 'self'). */
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const api = process.env.TUSHEN_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [svelte()],
  build: {
    target: 'es2022', assetsInlineLimit: 0, chunkSizeWarningLimit: 900, modulePreload: { polyfill: false },
    // few files: every one is a request before the first pixel
    rolldownOptions: { output: { codeSplitting: { groups: [
      { name: 'model', test: /node_modules\/three/ },
      { name: 'drawing', test: /node_modules\/ol\/|src\/scene\/(?!model)|panels\/(DifferenceRow|marks_of)/ },
      { name: 'index', priority: 9, test: /src\/(words|wire|state|model)\/|panels\/(Digest|Light|ElementProperties|Trouble|Waiting|ModalBox)|node_modules\/(svelte|tus-js-client)/ },
    ] } } },
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1', proxy: { '/api': { target: api, changeOrigin: false } } },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
})
