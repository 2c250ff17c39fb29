import { api } from "../recipes/ofetch.js";

export const read = (n, signal) => api(`/api/items/${n}`, { signal }).then(({ n }) => n);
export const write = (body, signal) => api("/api/echo", { method: "POST", body, signal });
