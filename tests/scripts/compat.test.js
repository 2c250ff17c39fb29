// What is made of wasm2js's module and of its glue, on small ones of the forms that the tools write.

import assert from "node:assert/strict";
import { test } from "node:test";
import { following, startable, trusting } from "../../scripts/wasm.js";

const MODULE = `import * as own from './own_bg.js';

function asmFunc(imports) {
 return { add: imports["./own_bg.js"].add };
}

var retasmFunc = asmFunc({
  "./own_bg.js": own,
});
export var add = retasmFunc.add;
`;

test("wasm2js's module starts when it is asked to, and not at its import", () => {
  const start = MODULE.indexOf("\nvar retasmFunc");
  const call = 'asmFunc({\n  "./own_bg.js": own,\n})';
  assert.equal(startable(MODULE), `${MODULE.slice(0, start)}\nexport const instantiate = () => ${call};\n`);
});

test("a module of another form is an error", () => {
  const form = /does not end as expected/;
  assert.throws(() => startable(MODULE.replace("var retasmFunc", "const started")), form);
  assert.throws(() => startable(MODULE.replace("= asmFunc({", "= start({")), form);
  assert.throws(() => startable(MODULE + MODULE), form);
});

const GLUE = `let cachedDataViewMemory0 = null;
function getDataViewMemory0() {
    if (cachedDataViewMemory0 === null || cachedDataViewMemory0.buffer !== wasm.memory.buffer) {
        cachedDataViewMemory0 = new DataView(wasm.memory.buffer);
    }
    return cachedDataViewMemory0;
}
let cachedUint8ArrayMemory0 = null;
function getUint8ArrayMemory0() {
    if (cachedUint8ArrayMemory0 === null || cachedUint8ArrayMemory0.byteLength === 0) {
        cachedUint8ArrayMemory0 = new Uint8Array(wasm.memory.buffer);
    }
    return cachedUint8ArrayMemory0;
}
`;

test("views follow a memory whose buffer is replaced and not detached", () => {
  const wasm = { memory: { buffer: new ArrayBuffer(8) } };
  const views = new Function("wasm", `${following(GLUE)} return { getDataViewMemory0, getUint8ArrayMemory0 };`)(wasm);
  for (const view of Object.values(views)) {
    const first = view();
    assert.equal(view(), first);
    assert.equal(first.buffer, wasm.memory.buffer);
    wasm.memory.buffer = new ArrayBuffer(16);
    assert.equal(view().buffer, wasm.memory.buffer);
  }
});

test("a glue whose views are of another form is an error", () => {
  assert.throws(() => following(GLUE.replace("=== null || cachedUint8", "== null || cachedUint8")), /views/);
  assert.throws(() => following("let wasm;\n"), /views/);
});

test("the glue starts a module as it is given, and one that compiles otherwise is an error", () => {
  const compiles = `    if (!(module instanceof WebAssembly.Module)) {
        module = new WebAssembly.Module(module);
    }
`;
  const start = (body) => `function initSync(module) {\n${body}    return module;\n}\n`;
  assert.equal(trusting(start(compiles)), start(""));
  assert.throws(() => trusting(start("")), /does not compile as expected/);
});
