import { gql } from "@urql/core";
import { api } from "../recipes/urql.js";

const ITEM = gql`query Item($n: Int!) { item(n: $n) { id n } }`;
const WRITE = gql`mutation Write($text: String!) { write(text: $text) { text } }`;

/** urql has no signal: who unsubscribes hears nothing more, and the request is aborted. */
function first(source, signal) {
  return new Promise((resolve, reject) => {
    const { unsubscribe } = source.subscribe(({ data, error }) => (error ? reject(error) : resolve(data)));
    signal.addEventListener("abort", () => {
      unsubscribe();
      reject(new Error("unsubscribed"));
    });
  });
}

export const read = (n, signal) =>
  first(api.query(ITEM, { n }, { requestPolicy: "network-only" }), signal).then(({ item }) => item.n);
export const write = (variables, signal) =>
  first(api.mutation(WRITE, variables), signal).then(({ write: { text } }) => ({ text }));
