import { configureStore } from "@reduxjs/toolkit";
import { api } from "../recipes/rtk-query.js";

const store = configureStore({
  reducer: { [api.reducerPath]: api.reducer },
  middleware: (defaults) => defaults().concat(api.middleware),
});

function send(action, signal) {
  const call = store.dispatch(action);
  signal.addEventListener("abort", () => call.abort());
  return call.unwrap();
}

export const read = (n, signal) =>
  send(api.endpoints.item.initiate(n, { forceRefetch: true }), signal).then(({ n }) => n);
export const write = (body, signal) => send(api.endpoints.write.initiate(body), signal);
