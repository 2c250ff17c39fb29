import { api } from "../recipes/trpc.js";

export const read = (n, signal) => api.item.query(n, { signal }).then(({ n }) => n);
export const write = (body, signal) => api.write.mutate(body, { signal });
