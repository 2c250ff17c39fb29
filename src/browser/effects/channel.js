// The channel between tabs. It carries a mark, of an end its code and reason, and never a token.

/** Opens it; nothing is returned where the browser lacks it. */
export const open = (name, onMessage) => {
  try {
    const channel = new BroadcastChannel(name);
    channel.onmessage = ({ data }) => Array.isArray(data) && onMessage(data);
    return channel;
  } catch {}
};
