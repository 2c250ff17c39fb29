// The usual call: it goes out in its caller's turn, and its answer is the caller's. What is to be known of the page is
// read here, so that the machine is asked by numbers alone, twice: whether the call goes out, and whether its answer
// means anything else. Any other call goes the long way (`client.rs`).

import { stands } from "../effects/storage.js";
import { dropIn } from "../fetch.js";
import { crosses, examine } from "./examining.js";
import { repeatable } from "./outgoing.js";
import { recall } from "./reach.js";
import { sendFirst, settled } from "./sending.js";
import { takeDown } from "./taking.js";

/** Of what is found of a call (`found` in `outgoing.rs`): nothing yet, and the least that is a resource. */
const UNKNOWN = 0;
const RESOURCES = 6;
/** Of a call that goes out, below its place (`usual.rs`): there are effects to be done after it; it may be cancelled. */
const EFFECTS = 1;
const CANCELLABLE = 2;
const PLACE = 2;

/** Makes a call. Where it is no usual one, `handle` gets its arguments, or what is taken down of them and found of that. */
const begin = (it, handle, input, init) => {
  const { carried, entry, texts } = it;
  // Signed out, or another tab has written: nothing of the arguments is read yet.
  if (!texts.session || !carried || carried.epoch.isOver || !stands(entry, texts))
    return handle.call(handle, input, init);
  const isPlain = it.takesPlain && init === undefined && typeof input === "string";
  const out = isPlain ? undefined : takeDown(input, init, 0);
  let found = out ? examine(out, 0, it, carried.epoch) : recall(it, input);
  // A getter of the caller's has signed out.
  if (carried.epoch.isOver) found = UNKNOWN;
  const admitted = found < RESOURCES ? -1 : handle.admit(found, Date.now(), !out || repeatable(out), !!out);
  if (admitted < 0) return handle.call(handle, out ?? input, init, out && found);
  const sent = send(it, handle, out ?? input, found, admitted >> PLACE, admitted & CANCELLABLE);
  if (admitted & EFFECTS) handle.drain();
  return sent;
};

/** With `cancellable`, its request gets a signal of its own. */
const send = (it, handle, outgoing, found, place, cancellable) => {
  const { carried, underlying } = it;
  const { epoch } = carried;
  const own = cancellable ? epoch : undefined;
  if (typeof outgoing !== "string") return sendFirst(outgoing, it, own, place, handle);
  const init = { ...(crosses(found) ? carried.crossing : carried.init) };
  init.signal = own ? epoch.cancellable(place) : epoch.next();
  return settled(underlying.call(outgoing, init), it, place, outgoing, handle, own);
};
/** The `fetch` of an instance. No call is a usual one where each is `told` of. */
export const fetchOf = (handle, instance, told) =>
  dropIn((input, init) => (told ? handle.call(handle, input, init) : begin(instance, handle, input, init)));
