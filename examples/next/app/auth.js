"use client";

import { AuthFetch } from "authfetch";
import { useSyncExternalStore } from "react";

export const auth = new AuthFetch({
  refresh: { url: "/api/refresh", encoding: "json" },
  revocation: { url: "/api/logout", encoding: "json" },
});

export const useSession = () =>
  useSyncExternalStore(
    auth.subscribe,
    () => auth.session,
    () => null,
  );
