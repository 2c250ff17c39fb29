"use client";

import { useEffect, useState } from "react";
import { auth, useSession } from "./auth.js";

async function signIn(form) {
  const response = await fetch("/api/login", { method: "POST", body: form });
  auth.setTokens(await response.json());
}

export function Account() {
  const session = useSession();
  if (session) return <Items />;
  return (
    <form action={signIn}>
      <input name="user" placeholder="Any name" required />
      <button type="submit">Sign in</button>
    </form>
  );
}

function Items() {
  const [items, setItems] = useState([]);
  const [problem, setProblem] = useState("");
  const load = async () => {
    try {
      const response = await auth.fetch("/api/items");
      if (response.ok) setItems(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") setProblem(error.message); // An `AbortError` is the end of the session.
    }
  };
  useEffect(() => void load(), []);
  return (
    <main>
      <button type="button" onClick={load}>
        Reload
      </button>
      <button type="button" onClick={() => auth.logout()}>
        Log out
      </button>
      {items.map((item) => (
        <p key={item}>{item}</p>
      ))}
      <p role="alert">{problem}</p>
    </main>
  );
}
