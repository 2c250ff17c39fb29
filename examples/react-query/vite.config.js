import react from "@vitejs/plugin-react";
import { backEnd } from "./back-end.js";

export default {
  plugins: [react(), { name: "back-end", configureServer: ({ middlewares }) => void middlewares.use(backEnd) }],
  server: { host: "127.0.0.1", port: Number(process.env.PORT ?? 3002), strictPort: true },
};
