import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useActionState, useSyncExternalStore } from "react";
import { api, auth, signIn } from "./auth.js";

export function App() {
  const state = useSyncExternalStore(auth.subscribe, () => auth.state);
  if (state === "signed-out") return <SignIn title="Welcome" />;
  return (
    <>
      {state === "suspended" && <SignIn title="Your session is over" />}
      <Items />
    </>
  );
}

function SignIn({ title }) {
  const [error, action] = useActionState((_, form) => signIn(Object.fromEntries(form)).catch(({ message }) => message));
  return (
    <form action={action}>
      <h1>{title}</h1>
      <input name="username" placeholder="Any name" required />
      <input name="password" placeholder="secret" type="password" required />
      <button type="submit">Sign in</button> {error}
    </form>
  );
}

function Items() {
  const queries = useQueryClient();
  const reload = () => queries.invalidateQueries({ queryKey: ["items"] });
  const { data = [] } = useQuery({ queryKey: ["items"], queryFn: ({ signal }) => api("/api/items", { signal }) });
  const add = useMutation({ mutationFn: (title) => api("/api/items", { body: { title } }), onSuccess: reload });
  return (
    <main>
      <button type="button" onClick={reload}>
        Reload
      </button>
      <button type="button" onClick={() => add.mutate("Another item")}>
        Add
      </button>
      <button type="button" onClick={() => auth.logout()}>
        Log out
      </button>
      {data.map((title, at) => (
        <p key={at}>{title}</p>
      ))}
    </main>
  );
}
