// Where one authorization server keeps its sessions, grants and tokens: a map in memory, gone with the process.
// The provider's own in-memory adapter forgets the oldest of a thousand entries, which a few large bursts can reach.

const BY_GRANT = new Set(["AccessToken", "AuthorizationCode", "RefreshToken"]);

/** An adapter class over a map of its own. */
export function memoryStore() {
  const entries = new Map();

  return class {
    constructor(model) {
      this.model = model;
    }

    #key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
      const now = Date.now();
      for (const [key, entry] of entries) if (entry.until < now) entries.delete(key);
      entries.set(this.#key(id), { model: this.model, payload, until: expiresIn ? now + expiresIn * 1000 : Infinity });
    }

    async find(id) {
      const entry = entries.get(this.#key(id));
      return entry && entry.until >= Date.now() ? entry.payload : undefined;
    }

    async findByUid(uid) {
      for (const { model, payload } of entries.values())
        if (model === this.model && payload.uid === uid) return payload;
      return undefined;
    }

    async findByUserCode() {
      return undefined;
    }

    async consume(id) {
      const entry = entries.get(this.#key(id));
      if (entry) entry.payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id) {
      entries.delete(this.#key(id));
    }

    async revokeByGrantId(grantId) {
      for (const [key, { model, payload }] of entries) {
        if (BY_GRANT.has(model) && payload.grantId === grantId) entries.delete(key);
      }
    }
  };
}
