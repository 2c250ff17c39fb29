import { api } from "../recipes/openapi-fetch.js";

export const read = (n, signal) =>
  api.GET("/items/{n}", { params: { path: { n } }, signal }).then(({ data }) => data.n);
export const write = (body, signal) => api.POST("/echo", { body, signal }).then(({ data }) => data);
