import { api } from "../recipes/graphql-request.js";

const ITEM = "query Item($n: Int!) { item(n: $n) { id n } }";
const WRITE = "mutation Write($text: String!) { write(text: $text) { text } }";

export const read = (n, signal) => api.request({ document: ITEM, variables: { n }, signal }).then(({ item }) => item.n);
export const write = (variables, signal) =>
  api.request({ document: WRITE, variables, signal }).then(({ write: { text } }) => ({ text }));
