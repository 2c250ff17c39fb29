// Steps side by side, in so many lanes, and what they show in whole: the one that began first as it says it, each other
// when those before it have ended.

/**
 * Does `work(one)` for each of these, as many at once as there are lanes, in their order as far as it goes: one begins
 * when those of `after` and `needs` (names) have ended, and while no other of its `kind` runs. Names that are none here
 * are not waited for. Resolves with the results, in the order of `all`.
 */
export async function inLanes(all, lanes, work) {
  const waiting = new Map(all.map((one) => [one.name, one]));
  const running = new Map();
  const results = new Map();
  const isFree = ({ kind }) => kind === undefined || ![...running.values()].some((other) => other.kind === kind);
  const isReady = ({ after = [], needs = [] }) =>
    [...after, ...needs].every((name) => !waiting.has(name) && !running.has(name));
  await new Promise((resolve, reject) => {
    const fill = () => {
      while (running.size < lanes) {
        const next = [...waiting.values()].find((one) => isReady(one) && isFree(one));
        if (!next) break;
        waiting.delete(next.name);
        running.set(next.name, next);
        work(next, results).then((result) => {
          results.set(next.name, result);
          running.delete(next.name);
          fill();
        }, reject);
      }
      if (running.size > 0) return;
      if (waiting.size > 0) reject(new Error(`these wait for one another: ${[...waiting.keys()].join(", ")}`));
      else resolve();
    };
    fill();
  });
  return all.map(({ name }) => results.get(name));
}

/**
 * Places to write to, one for each step. `place()` gives `{ write, end }`: what is written goes on to `write` at once
 * from the place that is the first of those not ended, and is kept for all others until they are the first. `flush()`
 * writes all that is kept, for a run that is broken off.
 */
export function inTurns(write) {
  const places = [];
  const advance = () => {
    while (places.length > 0) {
      const [first] = places;
      for (const text of first.kept.splice(0)) write(text);
      if (!first.ended) return;
      places.shift();
    }
  };
  return {
    place() {
      const place = { kept: [], ended: false };
      places.push(place);
      return {
        write(text) {
          if (places[0] === place) write(text);
          else place.kept.push(text);
        },
        end() {
          place.ended = true;
          advance();
        },
      };
    },
    flush() {
      for (const { kept } of places) for (const text of kept.splice(0)) write(text);
    },
  };
}
