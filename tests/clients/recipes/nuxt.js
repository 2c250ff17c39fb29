// plugins/auth.client.js: runs in browsers only, before the app is mounted.
import { auth } from "../auth.js";

export default defineNuxtPlugin(() => {
  globalThis.fetch = auth.fetch;
});
