// Asks the Authentication emulator of firebase-tools, which stands in for securetoken.googleapis.com.
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { freePort } from "../../support/http.js";
import { until } from "../../support/until.js";
import { ask, form, json } from "./report.js";

const free = await freePort();
const folder = mkdtempSync(`${tmpdir()}/emulator`);
const off = { enabled: false };
const emulators = { auth: { host: "127.0.0.1", port: free }, ui: off, hub: off, logging: off };
writeFileSync(`${folder}/firebase.json`, JSON.stringify({ emulators }));
const firebase = `${process.cwd()}/node_modules/.bin/firebase`;
const emulator = spawn(process.execPath, [firebase, "emulators:start", "--only", "auth", "--project", "demo-ask"], {
  cwd: folder,
  env: { ...process.env, CI: "1", FIREBASE_CLI_DISABLE_UPDATE_CHECK: "1" },
  stdio: "ignore",
});
const base = `http://127.0.0.1:${free}`;
try {
  const starts = () =>
    fetch(base).then(
      () => true,
      () => false,
    );
  await until(starts, "the emulator");
  const accounts = `${base}/identitytoolkit.googleapis.com/v1/accounts`;
  const post = async (url, body, headers) => {
    const init = json(body);
    const answer = await fetch(url, { method: "POST", ...init, headers: { ...init.headers, ...headers } });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  const owner = { authorization: "Bearer owner" };
  const token = `${base}/securetoken.googleapis.com/v1/token?key=fake`;
  const refresh = (refresh_token) => form({ grant_type: "refresh_token", refresh_token });
  const firebaseSays = (when, text) => ask("Firebase", "firebase-tools", when, token, refresh(text));
  await firebaseSays("the refresh token is unknown (emulator)", "unknown");
  const one = await post(`${accounts}:signUp?key=fake`, { email: "a@example.com", password: "password" });
  await post(`${accounts}:update?key=fake`, { localId: one.localId, disableUser: true }, owner);
  await firebaseSays("the user is disabled (emulator)", one.refreshToken);
  const two = await post(`${accounts}:signUp?key=fake`, { email: "b@example.com", password: "password" });
  await post(`${accounts}:delete?key=fake`, { localId: two.localId }, owner);
  await firebaseSays("the user is gone (emulator)", two.refreshToken);
} finally {
  emulator.kill("SIGINT");
}
