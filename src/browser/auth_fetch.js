// What the exported class does with its arguments beyond what Rust can say.

/** Own members alone count. */
export const logoutOptions = (options) => {
  const { reason, revoke, redirect } = { __proto__: null, ...options };
  return { reason, revoke: revoke !== false, redirect: redirect !== false };
};
/** What a getter throws is nobody's. */
export const accessTokenOptions = (options) => {
  try {
    const { rejected, signal } = options;
    return { rejected, signal };
  } catch {
    return { __proto__: null };
  }
};

const OWN = ["origins", "fetch", "header", "scheme"];
/** Warns of plain options that differ from those of the oldest instance of the name, which count. */
export const compare = ({ given: mine }, { given: theirs }) => {
  for (const name in mine) {
    if (OWN.includes(name) || /object|function/.test(typeof mine[name]) || mine[name] === theirs[name]) continue;
    console.warn(`authfetch: option \`${name}\` differs from the oldest instance's, which counts.`);
  }
};
