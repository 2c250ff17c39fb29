import { createClient } from "@supabase/supabase-js";
import { auth } from "./auth.js";

// supabase-js sends its key as the bearer token where it has no session of its own. A header that the caller has set is
// left alone, so it is taken off here; the key still goes along as `apikey`.
function withoutKey(input, init) {
  const headers = new Headers(init.headers);
  headers.delete("authorization");
  return auth.fetch(input, { ...init, headers });
}

export const api = createClient(new URL("/api", location.href).href, "publishable-key", {
  accessToken: () => auth.getAccessToken(),
  global: { fetch: withoutKey },
});
