import { gql } from "@apollo/client";
import { api } from "../recipes/apollo.js";

const ITEM = gql`query Item($n: Int!) { item(n: $n) { id n } }`;
const WRITE = gql`mutation Write($text: String!) { write(text: $text) { text } }`;
const fetchPolicy = "network-only";

export const read = (n, signal) =>
  api
    .query({ query: ITEM, variables: { n }, fetchPolicy, context: { fetchOptions: { signal } } })
    .then(({ data }) => data.item.n);
export const write = (variables, signal) =>
  api
    .mutate({ mutation: WRITE, variables, context: { fetchOptions: { signal } } })
    .then(({ data: { write } }) => ({ text: write.text }));
