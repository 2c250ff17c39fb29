// The card of the session: its state, whose it is, and how long its token lasts by the clock of this machine.

import { $, write } from "./dom.js";
import { accountOf } from "./sign-in.js";

export class SessionCard {
  #session = null;
  #lifetime = 0;
  #expired = false;
  #timer = 0;

  /** Shows the state and the session of `auth`. */
  show({ state, session }) {
    const badge = $("state");
    badge.dataset.state = state;
    write(badge, state.replace("-", " "));
    const focused = document.activeElement;
    for (const id of ["log-out", "expire", "life"]) $(id).hidden = !session;
    $("sign-in").hidden = Boolean(session);
    // The button that had the focus has gone: its successor takes it.
    if (focused?.hidden) $(session ? "log-out" : "sign-in").focus();
    const account = session && accountOf(session);
    write($("who"), session ? `Signed in${account ? ` as ${account}` : ""}.` : "Nobody is signed in.");
    if (session !== this.#session) {
      if (session?.accessToken !== this.#session?.accessToken) this.#expired = false;
      this.#session = session;
      this.#lifetime = session?.expiresAt ? session.expiresAt - Date.now() : 0;
    }
    clearInterval(this.#timer);
    if (session) this.#timer = setInterval(() => this.#tick(), 200);
    this.#tick();
  }

  /** The server has been told to refuse the token: the clock knows nothing of it. */
  expiredEarly() {
    this.#expired = true;
    this.#tick();
  }

  #tick() {
    if (!this.#session) return;
    const left = Math.max(0, (this.#session.expiresAt ?? 0) - Date.now());
    $("left").value = this.#expired || this.#lifetime <= 0 ? 0 : left / this.#lifetime;
    const seconds = Math.ceil(left / 1000);
    if (this.#expired && left > 0)
      write($("expiry"), `Refused by the API from now on, though by the clock it has ${seconds} s left.`);
    else if (left > 0) write($("expiry"), `The access token runs out in ${seconds} s.`);
    else write($("expiry"), "The access token has run out. The next call refreshes it first.");
  }
}
