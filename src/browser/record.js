// The record as it is stored, one JSON value, and the texts that a session knows of it. Objects are read without their
// prototype, so that junk on `Object.prototype` widens nothing.

const { assign, freeze } = Object;

const NUMBERS =
  "v epoch version signin received_at expires_at accepted rejected unaccepted retry_at forbidden suspended unconfirmed".split(
    " ",
  );
const TEXTS = ["access_token", "refresh_token", "token_type", "code", "reason"];
const OWNERS = ["endpoint", "client_id"];

const copy = (members) => ({ __proto__: null, ...members });
/** The members of a stored text; nothing where it is no JSON object. */
const parse = (text) => {
  try {
    const value = typeof text === "string" && JSON.parse(text);
    if (value && typeof value === "object" && !Array.isArray(value)) return copy(value);
  } catch {}
};
const json = (value) => {
  try {
    return JSON.stringify(value);
  } catch {}
};
const textIn = (members, name) => (typeof members[name] === "string" && members[name]) || undefined;

/**
 * The texts of a session of which nothing is known yet. `text` is the stored one: `null` where nothing was stored,
 * `undefined` where it is not known.
 */
export const open = (endpoint, client_id, inCookies) => ({
  owner: copy({ endpoint, client_id }),
  members: copy(),
  session: null,
  inCookies,
});

/** One of the texts. Where the session is in cookies, its epoch and generation stand in the access token's place. */
const textAt = ({ inCookies }, members, at) => {
  if (!inCookies || at > 1) return textIn(members, TEXTS[at]);
  const { epoch, generation } = members;
  return at === 0 && typeof generation === "number" ? `${epoch ?? 0}.${generation}` : undefined;
};
export const bearer = ({ inCookies, members }) => (inCookies ? undefined : textIn(members, TEXTS[0]));
export const member = (texts, at) => textAt(texts, texts.members, at);

export const read = (texts, text) => {
  const members = parse(text);
  texts.read = { text, members };
  return members && (isAnothers(texts.owner, members) ? 1 : 2);
};
export const adopt = (texts, isRecord) =>
  assign(texts, { text: texts.read.text, members: copy(isRecord ? texts.read.members : undefined) });
const isAnothers = (owner, members) =>
  OWNERS.some((name) => members[name] !== undefined && members[name] !== owner[name]);
export const number = ({ read: { members } }, at) => {
  const value = members[NUMBERS[at]];
  return typeof value === "number" ? value : value === true ? 1 : NaN;
};
export const standing = (texts, isGranted, at) => {
  const { granted, inCookies, members, read } = texts;
  // Each refresh and each sign-in brings another one.
  if (inCookies && isGranted) return at === 0 ? 1 : 0;
  const theirs = textAt(texts, isGranted ? granted : read.members, at);
  return theirs ? (theirs === textAt(texts, members, at) ? 2 : 1) : 0;
};

/** What was granted is stored once. */
const take = (texts) => {
  const granted = copy(texts.granted);
  texts.granted = undefined;
  return granted;
};
export const grant = (texts, response) => void (texts.granted = response);
export const useGranted = (texts, isSignIn, keepsRefreshToken, generation) => {
  const { inCookies, owner, members } = texts;
  const granted = take(texts);
  const kept = isSignIn ? copy() : members;
  texts.members = copy({
    ...owner,
    ...(inCookies
      ? { generation }
      : {
          access_token: granted.access_token,
          token_type: granted.token_type,
          refresh_token: granted.refresh_token ?? (keepsRefreshToken ? members.refresh_token : undefined),
        }),
    scope: granted.scope ?? kept.scope,
    extra: copy({ ...kept.extra, ...granted.extra }),
  });
};
export const useRefreshToken = (texts) => {
  const { members } = texts;
  members.refresh_token = take(texts).refresh_token ?? members.refresh_token;
};
export const replace = (texts, members) => void (texts.members = copy(members));
/** The name of the page that owns the record: the record's, the one it has already, or a new one. */
export const claim = ({ members, owner }, name) =>
  (owner.owner = typeof members.owner === "string" ? members.owner : (owner.owner ?? name));
export const rename = ({ owner }, name) => (owner.owner = name);

/** The text to store. */
export const write = (
  texts,
  signedIn,
  v,
  epoch,
  version,
  signin,
  received_at,
  expiresAt,
  accepted,
  rejected,
  unaccepted,
  retry_at,
  forbidden,
  suspended,
  unconfirmed,
) => {
  const tokens = {
    received_at,
    expires_at: expiresAt < 0 ? null : expiresAt,
    accepted: !!accepted,
    rejected: !!rejected,
    unaccepted,
    retry_at,
    forbidden: !!forbidden,
  };
  assign(texts.members, { v, epoch, version, signin }, signedIn && tokens, suspended && { suspended: true }, {
    unconfirmed: unconfirmed ? true : undefined,
  });
  return (texts.text = json(texts.members));
};
/** The members of an end. */
export const end = (code, reason) => ({ code, reason });

/** Makes the session for the app anew, without the refresh token, where anything in it has changed. */
export const makeSnapshot = (texts, signedIn, canRefresh) => {
  const { inCookies, members } = texts;
  const session = signedIn
    ? freeze({
        accessToken: inCookies ? "" : members.access_token,
        tokenType: inCookies ? "" : (textIn(members, "token_type") ?? "Bearer"),
        expiresAt: members.expires_at ?? null,
        scope: members.scope ?? null,
        canRefresh: !!canRefresh,
        extra: freeze({ ...members.extra }),
      })
    : null;
  if (json(session) !== json(texts.session)) texts.session = session;
};
