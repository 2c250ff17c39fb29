// Bytes as printable ASCII that compresses nearly as well as the bytes themselves: the most frequent are one character
// each, the others a prefix and a character.
//
// Which byte becomes which character matters to Brotli, whose model of a text tells the next character from the class
// of the last one (RFC 7932, section 7.1: digits, vowels, consonants, brackets …). Bytes that are followed by the same
// bytes are therefore given characters of one class. `decode` in js/index.js is the inverse.

import { brotliCompressSync } from "node:zlib";

const CHARACTERS = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter(
  (character) => !'\\"$`'.includes(character),
);
const PREFIXES = CHARACTERS.slice(-2);
const SINGLES = CHARACTERS.slice(0, -2);
const CLASSES = [
  / /,
  /'/,
  /%/,
  /[([{<]/,
  /[)\]}>]/,
  /[,:;]/,
  /\./,
  /=/,
  /\d/,
  /[AEIOU]/,
  /[A-Z]/,
  /[aeiou]/,
  /[a-z]/,
  /./,
];
const classOf = (character) => CLASSES.findIndex((pattern) => pattern.test(character));
/** Repetitions of so many bytes are no business of the model: Brotli copies them. */
const SHORTEST_COPY = 5;
/** How many beginnings are tried. Each takes half a second. */
const BEGINNINGS = 12;

/** How often each rank follows each other one, where Brotli will not copy it. */
function successions(bytes, ranks) {
  const width = SINGLES.length + 1;
  const counts = new Float64Array(width * width);
  const seen = new Map();
  const keyAt = (at) => (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : -1);
  for (let at = 0; at < bytes.length; ) {
    let longest = 0;
    for (let found = seen.get(keyAt(at)), left = 64; found && left > 0; found = found.before, left--) {
      let length = 4;
      while (at + length < bytes.length && bytes[found.at + length] === bytes[at + length]) length++;
      longest = Math.max(longest, length);
    }
    const length = longest < SHORTEST_COPY ? 1 : longest;
    if (length === 1 && at > 0) counts[ranks[bytes[at - 1]] * width + ranks[bytes[at]]]++;
    for (const end = at + length; at < end; at++) seen.set(keyAt(at), { at, before: seen.get(keyAt(at)) });
  }
  return counts;
}

const entropy = (count) => (count > 0 ? count * Math.log2(count) : 0);

/**
 * Rank → character: exchanges characters as long as that makes the next byte easier to tell from the class of the last.
 * `beginning` is the order to begin with, the same for the same number.
 */
function assign(counts, beginning) {
  const width = SINGLES.length + 1;
  const classes = SINGLES.map(classOf);
  const assigned = SINGLES.map((_, at) => at);
  let state = beginning;
  for (let at = assigned.length - 1; beginning > 0 && at > 0; at--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const other = (state >>> 8) % (at + 1);
    [assigned[at], assigned[other]] = [assigned[other], assigned[at]];
  }
  const followers = CLASSES.map(() => new Float64Array(width));
  const add = (of, rank, times) => {
    for (let next = 0; next < width; next++) followers[of][next] += times * counts[rank * width + next];
  };
  assigned.forEach((character, rank) => add(classes[character], rank, 1));
  const bits = (of) => {
    let [sum, known] = [0, 0];
    for (const count of followers[of]) [sum, known] = [sum + count, known + entropy(count)];
    return entropy(sum) - known;
  };
  const costs = CLASSES.map((_, of) => bits(of));
  for (let better = true; better; ) {
    better = false;
    for (let one = 0; one < SINGLES.length; one++) {
      for (let two = one + 1; two < SINGLES.length; two++) {
        const [of, to] = [classes[assigned[one]], classes[assigned[two]]];
        if (of === to) continue;
        const exchange = (times) => (
          add(of, one, -times), add(to, two, -times), add(to, one, times), add(of, two, times)
        );
        exchange(1);
        const [costOf, costTo] = [bits(of), bits(to)];
        if (costOf + costTo < costs[of] + costs[to] - 1e-6) {
          [costs[of], costs[to]] = [costOf, costTo];
          [assigned[one], assigned[two]] = [assigned[two], assigned[one]];
          better = true;
        } else exchange(-1);
      }
    }
  }
  return assigned.map((at) => SINGLES[at]);
}

/** The text, and the bytes that its single characters stand for, in the order of the characters. */
export function encode(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const ranked = [...count.keys()].sort((a, b) => count[b] - count[a] || a - b);
  const frequent = ranked.slice(0, SINGLES.length);
  const ranks = new Array(256).fill(SINGLES.length);
  frequent.forEach((byte, rank) => (ranks[byte] = rank));
  const others = [...count.keys()].filter((byte) => ranks[byte] === SINGLES.length);
  const counts = successions(Buffer.from(bytes), ranks);
  let best;
  for (let beginning = 0; beginning < BEGINNINGS; beginning++) {
    const characters = assign(counts, beginning);
    const text = new Array(256);
    frequent.forEach((byte, rank) => (text[byte] = characters[rank]));
    others.forEach((byte, at) => {
      text[byte] = PREFIXES[Math.floor(at / SINGLES.length)] + SINGLES[at % SINGLES.length];
    });
    const whole = Array.from(bytes, (byte) => text[byte]).join("");
    const size = brotliCompressSync(whole).length;
    if (!best || size < best.size) best = { size, text: whole, singles: SINGLES.map((c) => text.indexOf(c)) };
  }
  return { text: best.text, table: Buffer.from(best.singles).toString("base64") };
}
