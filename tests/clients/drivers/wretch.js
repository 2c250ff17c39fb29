import { api } from "../recipes/wretch.js";

export const read = (n, signal) =>
  api
    .options({ signal })
    .get(`/items/${n}`)
    .json(({ n }) => n);
export const write = (body, signal) => api.options({ signal }).url("/echo").post(body).json();
