import { AuthFetch, SessionRefusedError } from "authfetch";

const opened = new Promise((resolve) =>
  addEventListener("message", ({ data }) => data.session && resolve(data.session)),
);
let answered;

export const auth = new AuthFetch({
  async refresh() {
    const port = await opened;
    const answer = new Promise((resolve) => (answered = resolve));
    port.postMessage({ rejected: auth.session?.accessToken });
    const { token, error } = await answer;
    if (error) throw new Error(error);
    if (!token) throw new SessionRefusedError("signed out");
    return { access_token: token };
  },
});

const join = () => auth.refresh().catch(() => {}); // Where there is no session yet, `signin` tells of it.
opened.then((port) => {
  port.onmessage = ({ data }) => {
    if (data.type === "signin") join();
    else if (data.type === "logout") auth.logout();
    else answered(data);
  };
});
export const joined = join();
