// What is known of the other tabs of one session, by all that speaks to them.

/**
 * Tabs share a record, or a cookie alone: the names are those of the latter, and of the former. `endpoint` and `client`
 * tell apps of one name apart. `tell` is called with the number that something was asked for with, and what came of it.
 */
export const tabs = (tell, name, endpoint, client) => ({
  tell,
  names: [`authfetch:cookie:${name}`, `authfetch:local:${name}`],
  owner: [endpoint, client],
  locks: new Map(),
  reads: new Map(),
});
