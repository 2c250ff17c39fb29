// Everything a fresh machine lacks: npm packages, the wasm target, the locked wasm-bindgen, browsers and their drivers.
// Each part is skipped where it is there already. Node built-ins only.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, once, root, run, show, step, which } from "./run.js";

const TARGET = "wasm32-unknown-unknown";
const GECKODRIVER = join(root, "target", "tools", "bin", "geckodriver");
const PACKAGES = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  "chromium-driver": ["chromedriver"],
  "firefox-esr": ["firefox-esr", "firefox"],
  "webkit2gtk-driver": ["WebKitWebDriver"],
  xvfb: ["xvfb-run"],
  xauth: ["xauth"],
};

async function npmPackages() {
  const stamp = fingerprint("package-lock.json");
  const there = () => existsSync(join(root, "node_modules", "esbuild"));
  await once("npm", stamp, there, () => run("npm", ["ci", "--no-audit", "--no-fund"], { quiet: true }));
}

async function rust() {
  if (!which("cargo"))
    throw new Error("Rust is missing: install it with rustup (https://rustup.rs), then run this again.");
  if (!which("rustup")) return;
  const have = await run("rustup", ["target", "list", "--installed"], { quiet: true });
  if (!have.includes(TARGET)) await run("rustup", ["target", "add", TARGET], { quiet: true });
  for (const component of ["rust-src", "clippy", "rustfmt"]) {
    const installed = await run("rustup", ["component", "list", "--installed"], { quiet: true });
    if (installed.includes(component)) continue;
    await run("rustup", ["component", "add", component], { quiet: true }).catch((error) => {
      // Without the sources of std the plain build is made; everything else needs what is missing.
      if (component !== "rust-src") throw error;
      show("  rust-src cannot be had: the package will be larger than its budget\n");
    });
  }
}

async function browsers() {
  const missing = Object.keys(PACKAGES).filter((name) => !which(...PACKAGES[name]));
  if (missing.length === 0) return;
  const asRoot = process.getuid?.() === 0;
  if (!which("apt-get") || !(asRoot || which("sudo"))) {
    throw new Error(
      `Missing: ${missing.join(", ")}. Install Chromium with chromedriver, Firefox, and WebKitGTK's driver with Xvfb.`,
    );
  }
  const apt = (...args) => {
    // Nobody is there to type a password.
    const [command, ...rest] = [...(asRoot ? [] : ["sudo", "-n"]), "apt-get", "-y", ...args];
    return run(command, rest, { quiet: true, env: { DEBIAN_FRONTEND: "noninteractive" } });
  };
  await apt("update");
  const install = ["install", "--no-install-recommends", ...missing];
  // An apt run has been seen to fail half way; the same command with -f completed it.
  await apt(...install).catch(() => apt("-f", ...install));
}

async function tools() {
  // Cargo knows whether they are built already, and is quick to say so.
  await run("cargo", ["build", "-p", "authfetch-tools"], { quiet: true });
}

async function geckodriver() {
  const args = [
    "install",
    "geckodriver",
    "--version",
    "0.36.0",
    "--root",
    join(root, "target", "tools"),
    "--debug",
    "--force",
  ];
  if (which("geckodriver")) return;
  await once(
    "geckodriver",
    args[3],
    () => existsSync(GECKODRIVER),
    () => run("cargo", args, { quiet: true }),
  );
}

/** Where the driver of Firefox is. */
export const geckodriverPath = () => which("geckodriver") ?? GECKODRIVER;

/** Installs what is missing; with `browsers: false`, only what building and serving need. */
export async function setup({ browsers: withBrowsers = true } = {}) {
  await step("npm packages", npmPackages);
  await step("Rust target and sources", rust);
  await step("wasm-bindgen, as locked", tools);
  if (!withBrowsers) return;
  await step("browsers", browsers);
  await step("geckodriver", geckodriver);
}
