// The size of the package is a promise: everything that a page loads for it, after brotli.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BUDGET, isSmall, ownSizes, peerSizes } from "../../scripts/size.js";
import { read } from "../support/files.js";

test("everything a page loads stays within the budget", async (t) => {
  if (!isSmall()) return t.skip("std's sources are missing, so the small build could not be made");
  for (const [name, { brotli }] of Object.entries(await ownSizes())) {
    assert.ok(brotli <= BUDGET, `${name}: ${brotli} bytes of brotli, the budget is ${BUDGET}`);
  }
});

test("an app that bundles the package ships it once and whole", async () => {
  const { "dist/index.js, wasm inside": published, "the same, bundled by an app": shipped } = await ownSizes();
  assert.ok(Math.abs(shipped.raw - published.raw) < 1024, `${published.raw} published, ${shipped.raw} shipped`);
});

test("the peers are measured beside it in the same run", async (t) => {
  const sizes = await peerSizes();
  for (const [name, { raw, brotli }] of Object.entries(sizes)) {
    t.diagnostic(`${name}: ${raw} bytes, ${brotli} with brotli`);
    assert.ok(raw > 500 && brotli < raw, name);
  }
});

/** What the documentation calls what `npm run size` measures. */
const ROWS = {
  authfetch: "dist/index.js, wasm inside",
  "a careful wrapper by hand": "handwritten.js (one tab, no logout races)",
  "ky, with hooks by hand": "ky, hooks by hand",
  "axios and axios-auth-refresh": "axios + axios-auth-refresh",
};

test("the sizes that the documentation names are those of this run, within a fiftieth", async (t) => {
  if (!isSmall()) return t.skip("std's sources are missing, so the small build could not be made");
  const sizes = { ...(await ownSizes()), ...(await peerSizes()) };
  for (const page of ["README.md", "docs/size-and-speed.md"]) {
    for (const [row, name] of Object.entries(ROWS)) {
      const [, told] = read(page).match(new RegExp(`^\\| ${row} \\| (\\d[\\d ]*) \\|`, "m"));
      const bytes = Number(told.replaceAll(" ", ""));
      const { brotli } = sizes[name];
      assert.ok(Math.abs(bytes - brotli) <= brotli / 50, `${page}, ${row}: ${bytes}, measured ${brotli}`);
    }
  }
  const budget = BUDGET.toLocaleString("en").replace(",", " ");
  assert.ok(read("docs/size-and-speed.md").includes(`The budget is ${budget} bytes`));
});
