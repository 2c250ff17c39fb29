import { api } from "../recipes/up-fetch.js";

export const read = (n, signal) => api(`/items/${n}`, { signal }).then(({ n }) => n);
export const write = (body, signal) => api("/echo", { method: "POST", body, signal });
