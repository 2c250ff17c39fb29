import { auth } from "./auth.js";

export function share(worker) {
  const { port1: port, port2 } = new MessageChannel();
  worker.postMessage({ session: port2 }, [port2]);
  port.onmessage = async ({ data: { rejected } }) => {
    const answer = auth.getAccessToken({ rejected }).then((token) => ({ token }));
    port.postMessage(await answer.catch(({ message }) => ({ error: message })));
  };
  for (const type of ["signin", "logout"]) auth.addEventListener(type, () => port.postMessage({ type }));
}
