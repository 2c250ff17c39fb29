import { api } from "../recipes/ky-1.js";

export const read = (n, signal) =>
  api
    .get(`/api/items/${n}`, { signal })
    .json()
    .then(({ n }) => n);
export const write = (json, signal) => api.post("/api/echo", { json, signal }).json();
