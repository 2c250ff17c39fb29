import { readonly, shallowRef } from "vue";
import { auth } from "./auth.js";

const current = shallowRef(auth.session);
auth.subscribe(() => (current.value = auth.session));

export const session = readonly(current);
