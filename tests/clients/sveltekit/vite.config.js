import { sveltekit } from "@sveltejs/kit/vite";
import { AUTHFETCH } from "../../support/files.js";

export default { logLevel: "error", plugins: [sveltekit()], resolve: { alias: { authfetch: AUTHFETCH } } };
