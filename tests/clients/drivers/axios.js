import { api } from "../recipes/axios.js";

export const read = (n, signal) => api.get(`/api/items/${n}`, { signal }).then(({ data }) => data.n);
export const write = (body, signal) => api.post("/api/echo", body, { signal }).then(({ data }) => data);
