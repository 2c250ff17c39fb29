import { browser } from "$app/environment";

/** Nobody is signed in while the server renders, and a logout while the page loads is no reason for an error page. */
export async function load({ fetch, depends }) {
  depends("app:item");
  if (!browser) return { item: null };
  try {
    const answer = await fetch("/api/items/7");
    return { item: answer.ok ? await answer.json() : null };
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    return { item: null };
  }
}
