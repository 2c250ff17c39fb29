import { signal } from "@angular/core";
import { auth } from "./auth.js";

const current = signal(auth.session);
auth.subscribe(() => current.set(auth.session));

export const session = current.asReadonly();
