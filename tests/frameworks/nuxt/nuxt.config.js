// One origin for the page and for the server that the test starts.
const { SERVER } = process.env;

export default defineNuxtConfig({
  telemetry: false,
  devtools: { enabled: false },
  compatibilityDate: "2025-01-01",
  plugins: [{ src: "./plugins/auth.client.js", mode: "client" }],
  routeRules: { "/api/**": { proxy: `${SERVER}/api/**` }, "/token": { proxy: `${SERVER}/token` } },
});
