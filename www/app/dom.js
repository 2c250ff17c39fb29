// The few helpers with which the page is written. Text only ever goes in as text: the policy forbids markup in strings.

export const $ = (id) => document.getElementById(id);

/** An element with attributes and children; what is null or false is left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value != null && value !== false) made.setAttribute(key, value);
  made.append(...children.filter((child) => child != null));
  return made;
}

/** Puts text where it is not already: a live region reads aloud only what has changed. */
export function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A button that is not to be pressed now keeps its place in the order of focus. */
export function enable(button, enabled) {
  if (enabled) button.removeAttribute("aria-disabled");
  else button.setAttribute("aria-disabled", "true");
}

/** Runs `action` on a press of the button, unless it is not to be pressed now. */
export function onPress(button, action) {
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") action(button);
  });
}

export const milliseconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(2)} s`);

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
