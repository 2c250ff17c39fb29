import { auth } from "../recipes/auth.js";
import { connection } from "../recipes/signalr.js";
import { connect } from "../recipes/websocket.js";
import { upload } from "../recipes/xhr-upload.js";

const bytes = (size) => Uint8Array.from({ length: size }, (_, at) => at % 251);
const named = (promise) => promise.catch(({ name, code }) => `${name} ${code}`);

/** Uploads so many bytes; the answer, and how far the progress has come. */
export async function uploads(size) {
  let sent = 0;
  const answer = await upload("/api/upload", bytes(size), { onProgress: (loaded) => (sent = loaded) });
  return { status: answer.status, ...JSON.parse(answer.responseText), sent };
}

/** An upload whose caller has had enough. */
export function abortedUpload(size) {
  const { signal } = (globalThis.uploading = new AbortController());
  globalThis.aborted = named(upload("/api/upload", bytes(size), { signal }));
}

export const abortUpload = () => (globalThis.uploading.abort(), globalThis.aborted);

export async function socket(url, text) {
  const opened = await connect(url);
  const answer = new Promise((resolve) => (opened.onmessage = ({ data }) => resolve(data)));
  opened.send(text);
  return answer;
}

export async function hub(text) {
  globalThis.reconnected = new Promise((resolve) => connection.onreconnected(() => resolve(connection.state)));
  await connection.start();
  return connection.invoke("echo", text);
}

/** How the hub is once it is connected again. */
export const reconnected = () => globalThis.reconnected;
export const stopHub = () => connection.stop();

export const refused = (rejected, count) =>
  Promise.all(Array.from({ length: count }, () => auth.getAccessToken({ rejected })));

/** Waits for a token, and for one more that is given up; `waited` tells how both have ended. */
export function wait(rejected) {
  const controller = new AbortController();
  globalThis.giveUp = () => controller.abort();
  globalThis.waits = [
    named(auth.getAccessToken({ rejected, signal: controller.signal })),
    named(auth.getAccessToken({ rejected })),
  ];
}
export const giveUp = () => (globalThis.giveUp(), globalThis.waits[0]);
export const waited = () => globalThis.waits[1];
