// One SDK for OpenID Connect, with its package in Chromium against oidc-provider. The others are in long/, for
// `npm run test:long`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { read } from "../support/files.js";
import { sdks } from "./support/suite.js";
import { useSdkBrowser } from "./support/world.js";

sdks(useSdkBrowser(), ["oidc-client-ts"]);

test("the versions that the page names are those that are run", () => {
  const page = read("docs", "recipes", "sdks.md");
  const dependencies = (name) => Object.entries(JSON.parse(read("tests", "sdks", name, "package.json")).dependencies);
  for (const [name, version] of [...dependencies("openid"), ...dependencies("services")])
    assert.ok(page.includes(`| \`${name}\` ${version} |`), `${name} ${version}`);
});
