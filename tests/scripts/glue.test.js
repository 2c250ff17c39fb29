// The glue's renaming, on a small glue of the form that wasm-bindgen writes for `--target web`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { renamed } from "../../scripts/wasm.js";

const GLUE = `import { failure } from './snippets/own-1f/js/errors.js';
import * as import1 from "./snippets/own-1f/js/tabs.js"
import * as import2 from "./snippets/own-1f/js/ops.js"
import * as import3 from "./snippets/own-1f/js/ops.js"
export function call(name) {
    const ret = wasm.call(name);
    wasm.call_mut(ret);
    wasm.__wbindgen_externrefs.set(0, name);
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null,
        __wbg_get_52: function(arg0) {
            const held = { __wbg_get_52: arg0 };
            return held;
        },
        __wbg_get_520: function(arg0) {
            return failure(arg0);
        },
        __wbindgen_cast_$1: function(arg0) {
            return arg0;
        },
    };
    return {
        __proto__: null,
        "./own_bg.js": import0,
        "./snippets/own-1f/js/tabs.js": import1,
        "./snippets/own-1f/js/ops.js": import2,
        "./snippets/own-1f/js/ops.js": import3,
    };
}
`;

const MAP = {
  imports: [
    ["./snippets/own-1f/js/ops.js", "numeric", "$"],
    ["./own_bg.js", "__wbg_get_52", "a"],
    ["./own_bg.js", "__wbg_get_520", "$a"],
    ["./own_bg.js", "__wbindgen_cast_$1", "$$"],
    ["./snippets/own-1f/js/tabs.js", "lock", "$b"],
    ["./snippets/own-1f/js/ops.js", "get", "b"],
  ],
  exports: [
    ["memory", "c"],
    ["call", "d"],
    ["call_mut", "$c"],
    ["__wbindgen_externrefs", "$&"],
  ],
};

const EXPECTED = `import { failure } from './snippets/own-1f/js/errors.js';
import * as import1 from "./snippets/own-1f/js/tabs.js"
import * as import2 from "./snippets/own-1f/js/ops.js"
import * as import3 from "./snippets/own-1f/js/ops.js"
export function call(name) {
    const ret = wasm.d(name);
    wasm.$c(ret);
    wasm.$&.set(0, name);
}
function __wbg_get_imports() {
    const import0 = {
        __proto__: null, $: import2.numeric, $b: import1.lock, b: import2.get,
        a: function(arg0) {
            const held = { __wbg_get_52: arg0 };
            return held;
        },
        $a: function(arg0) {
            return failure(arg0);
        },
        $$: function(arg0) {
            return arg0;
        },
    };
    return {
        __proto__: null,
        "a": import0,
    };
}
`;

test("the glue gets the short names of imports and exports, and nothing else of it changes", () => {
  assert.equal(renamed(GLUE, MAP), EXPECTED);
});

test("glue of another form is an error that names what was looked for", () => {
  const without = (text) => GLUE.replaceAll(text, "");
  const foreign = MAP.imports.filter(([module]) => module !== "./own_bg.js");
  const cases = [
    [without("__wbg_get_520: "), MAP, "the glue has no import called __wbg_get_520"],
    [without("import * as import1 from"), MAP, "the glue has no namespace of ./snippets/own-1f/js/tabs.js"],
    [without('"./own_bg.js": import0,'), MAP, "the glue has no module called ./own_bg.js"],
    [without("const import0 ="), MAP, "the glue has no object of imports"],
    [GLUE, { ...MAP, imports: foreign }, "the map names no import from the glue"],
  ];
  for (const [glue, map, message] of cases) assert.throws(() => renamed(glue, map), { message });
});
