import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** A server that runs beside `npx vite dashboard`. */
const SERVER = 'http://127.0.0.1:4000';

export default defineConfig({
  plugins: [react()],
  build: {
    // Every file has a name of its own, since the content security policy knows no data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: {
      '/graphql': { target: SERVER, ws: true, changeOrigin: true },
      '/livez': SERVER,
      '^/runs/[^/]+/artifacts/': SERVER,
    },
  },
});
