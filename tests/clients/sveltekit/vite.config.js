import { fileURLToPath } from "node:url";
import { sveltekit } from "@sveltejs/kit/vite";

const authfetch = fileURLToPath(new URL("../../../dist/index.js", import.meta.url));

export default { logLevel: "error", plugins: [sveltekit()], resolve: { alias: { authfetch } } };
