// The channel between tabs. It carries a mark, of an end its code and reason, whose they are, and never a token.

/** With `record`, tabs share a record; else only a cookie. */
export const open = (tabs, number, record) => {
  close(tabs);
  try {
    tabs.channel = new BroadcastChannel(tabs.names[record]);
    tabs.channel.onmessage = ({ data }) => Array.isArray(data) && hear(tabs, number, ...data);
  } catch {}
};
export const close = (tabs) => {
  tabs.channel?.close();
  tabs.channel = undefined;
};
export const post = ({ channel, owner }, record, epoch, version, code, reason) => {
  const end = record ? [code, reason] : [undefined, undefined];
  channel?.postMessage([epoch, version, ...end, ...owner]);
};
/** What a record's text signals, as its tab would. */
export const receive = (tabs, number, text) => {
  const { epoch, version, code, reason, endpoint, client_id } = { __proto__: null, ...parse(text) };
  hear(tabs, number, epoch, version, code, reason, endpoint, client_id);
};

/** Tells the mark, and where it is of this app the members of an end, or `null`. */
const hear = ({ tell, owner }, number, epoch, version, code, reason, ...theirs) => {
  const ours = owner.every((part, at) => part === theirs[at]);
  const end = typeof code === "string" ? { code, reason } : null;
  tell(number, epoch, version, ours ? end : undefined);
};
const parse = (text) => {
  try {
    return JSON.parse(text);
  } catch {}
};
