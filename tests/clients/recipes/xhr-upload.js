import { auth } from "./auth.js";

function send(url, body, token, { onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    if (token) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(loaded, total);
    request.onload = () => resolve(request);
    request.onerror = () => reject(new TypeError("The upload failed."));
    request.onabort = () => reject(signal.reason);
    signal?.addEventListener("abort", () => request.abort(), { once: true });
    request.send(body);
  });
}

export async function upload(url, body, options = {}) {
  const { signal } = options;
  const token = await auth.getAccessToken({ signal });
  const answer = await send(url, body, token, options);
  if (answer.status !== 401 || !token) return answer;
  return send(url, body, await auth.getAccessToken({ rejected: token, signal }), options);
}
