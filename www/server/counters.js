// What the server has seen, counted where it happens: the page shows these numbers instead of believing itself.
// A lane keeps what is compared apart: the page's own session and each of the three runs have a client of their own.

export const LANES = ["demo", "authfetch", "plain", "naive"];

const NOTHING = {
  /** Requests to the protected API, and how they ended. */
  apiRequests: 0,
  ok: 0,
  unauthorized: 0,
  aborted: 0,
  /** Refresh requests at the token endpoint, those refused among them, and refresh tokens presented twice. */
  tokenRequests: 0,
  tokenRefused: 0,
  reuseDetected: 0,
  /** Code exchanges, and requests to the revocation endpoint. */
  signIns: 0,
  revocations: 0,
};

export class Counters {
  #lanes = new Map();

  constructor() {
    this.reset();
  }

  reset() {
    for (const lane of LANES) this.#lanes.set(lane, { ...NOTHING });
  }

  add(lane, name) {
    (this.#lanes.get(lane) ?? this.#lanes.get(LANES[0]))[name]++;
  }

  /** The counts of one lane, or of all together. */
  read(lane) {
    if (this.#lanes.has(lane)) return { ...this.#lanes.get(lane) };
    const sum = { ...NOTHING };
    for (const counts of this.#lanes.values()) for (const name of Object.keys(sum)) sum[name] += counts[name];
    return sum;
  }
}
