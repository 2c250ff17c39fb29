"use client";

import { useEffect, useSyncExternalStore } from "react";
import { auth } from "../auth.js";
import { harness } from "../page.js";

// The global fetch: what stands in its place is the recipe's doing.
const read = (n, signal) => fetch(`/api/items/${n}`, { signal }).then((answer) => answer.json());

export default function Page() {
  const session = useSyncExternalStore(auth.subscribe, () => auth.session, () => null);
  useEffect(() => void (globalThis.harness = harness(auth, { read })), []);
  return <main id="app">{session ? session.accessToken : "signed out"}</main>;
}
