// How many bytes of code each module of ours has in a wasm whose names are still there. What the optimizer has put into
// another function counts there.

const NAME = 0;
const IMPORT = 2;
const CODE = 10;
const FUNCTIONS = 1;

/** Reads unsigned LEB128 numbers, and what is as long as they say. */
class Reader {
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte() {
    return this.bytes[this.at++];
  }
  number() {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }
  text() {
    const length = this.number();
    this.at += length;
    return new TextDecoder().decode(this.bytes.subarray(this.at - length, this.at));
  }
}

/** Skips the limits of a table or a memory. */
const limits = (reader) => {
  const flags = reader.number();
  reader.number();
  if (flags & 1) reader.number();
};

function importedFunctions(reader) {
  let functions = 0;
  for (let count = reader.number(); count > 0; count--) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) reader.number(), functions++;
    else if (kind === 1) reader.byte(), limits(reader);
    else if (kind === 2) limits(reader);
    else if (kind === 3) reader.byte(), reader.byte();
    else reader.byte(), reader.number();
  }
  return functions;
}

function names(reader, end) {
  const found = new Map();
  while (reader.at < end) {
    const kind = reader.byte();
    const length = reader.number();
    const next = reader.at + length;
    if (kind === FUNCTIONS)
      for (let count = reader.number(); count > 0; count--) found.set(reader.number(), reader.text());
    reader.at = next;
  }
  return found;
}

/** Function → its bytes, by name. */
export function functionSizes(bytes) {
  const reader = new Reader(bytes, 8);
  let [imported, sizes, named] = [0, [], new Map()];
  while (reader.at < bytes.length) {
    const kind = reader.byte();
    const length = reader.number();
    const end = reader.at + length;
    if (kind === IMPORT) imported = importedFunctions(reader);
    if (kind === CODE) {
      sizes = Array.from({ length: reader.number() }, () => {
        const size = reader.number();
        reader.at += size;
        return size;
      });
    }
    if (kind === NAME && reader.text() === "name") named = names(reader, end);
    reader.at = end;
  }
  return sizes.map((size, at) => [named.get(imported + at) ?? "", size]);
}

/** `authfetch::protocol::session` of whatever lies in it; what is exported by its class; all else. */
const moduleOf = (name) => {
  const path = name.replaceAll(/\[[0-9a-f]+\]/g, "").match(/authfetch::((?:[a-z_]+::)+)/)?.[1];
  if (path) return path.split("::").slice(0, 2).join("::");
  return /^authfetch_|^__wbg_authfetch/.test(name) ? "browser::auth_fetch" : "std and crates";
};

/** Module → bytes, the largest first. */
export function moduleSizes(bytes) {
  const sizes = new Map();
  for (const [name, size] of functionSizes(bytes)) sizes.set(moduleOf(name), (sizes.get(moduleOf(name)) ?? 0) + size);
  return [...sizes].sort(([, one], [, other]) => other - one);
}
