// What the glue reads and writes texts with, where the global classes are missing: jsdom has none.

/** Half of a pair becomes U+FFFD, as the standard has it. */
const halves = /[\ud800-\udfff]/gu;

export const TextDecoder =
  globalThis.TextDecoder ??
  class {
    decode(bytes = []) {
      return decodeURIComponent(Array.from(bytes, (byte) => `%${(byte + 256).toString(16).slice(1)}`).join(""));
    }
  };

export const TextEncoder =
  globalThis.TextEncoder ??
  class {
    encode(text) {
      const encoded = encodeURIComponent(text.replaceAll(halves, "\ufffd"));
      const bytes = encoded.match(/%..|./g) ?? [];
      return Uint8Array.from(bytes, (byte) =>
        byte.length > 1 ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(),
      );
    }
  };
