import { createSubscriber } from "svelte/reactivity";
import { auth } from "./auth.js";

const subscribe = createSubscriber((update) => auth.subscribe(update));

export const session = {
  get current() {
    subscribe();
    return auth.session;
  },
};
