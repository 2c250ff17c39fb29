import { api } from "../recipes/supabase.js";

export const read = (n, signal) =>
  api
    .from("items")
    .select()
    .eq("n", n)
    .abortSignal(signal)
    .throwOnError()
    .then(({ data }) => data[0].n);
export const write = (row, signal) =>
  api
    .from("items")
    .insert(row)
    .select()
    .abortSignal(signal)
    .throwOnError()
    .then(({ data }) => data[0]);
