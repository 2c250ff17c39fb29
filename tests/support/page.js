// A page in a browser as tests open it: how long it is waited for, what goes wrong in it, and how its script is asked.

import { PATIENCE, until } from "./until.js";

/** Keeps what is thrown in this page and caught by nobody. */
export function watch(page, errors = []) {
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => errors.push(error));
  return errors;
}

/** A blank page of this browser, or of one of its contexts. */
export async function newPage(browser) {
  const page = await browser.newPage();
  return { page, errors: watch(page) };
}

/** The page that opens in this context as `act` is done. */
export async function opened(context, act) {
  const target = new Promise((resolve) => context.once("targetcreated", resolve));
  await act();
  return (await target).page();
}

/**
 * Waits until the page's script has left this global behind. Asked from outside, since a page behind another draws no
 * frames; and on the way from one page to another there is nobody to ask.
 */
export const hasGlobal = (page, name) =>
  until(() => page.evaluate((name) => name in globalThis, name).catch(() => false), `"${name}" in the page`);

/** Calls functions of an object that the page's script has left behind under this name. */
export const teller =
  (page, object) =>
  (name, ...args) =>
    page.evaluate((object, name, args) => globalThis[object][name](...args), object, name, args);
